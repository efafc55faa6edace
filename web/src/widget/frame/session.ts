/** A client's session: a bearer token for this tab, exchanged for a signed identity, or a visitor's. */
import { ApiError, http } from '../../core/http';
import type { Me } from '../../core/protocol';
import { embedder } from './port';

const KEY = 'visavis.session';

interface Session {
  bearer: string;
  expires_at: number;
  kind: Me['kind'];
}

let current: Session | null = null;
let ended: () => void = () => undefined;

export const api = http({
  bearer: () => current?.bearer,
  onSignedOut: () => {
    forget();
    ended();
  },
});

/** Called when the server no longer knows the session. */
export function onEnded(reader: () => void): void {
  ended = reader;
}

function keep(session: Session): void {
  current = session;
  try {
    sessionStorage.setItem(KEY, JSON.stringify(session));
  } catch {
    // storage is forbidden in this frame: the session lasts as long as the page
  }
}

export function forget(): void {
  current = null;
  try {
    sessionStorage.removeItem(KEY);
  } catch {
    // as above
  }
}

function kept(): Session | null {
  try {
    const found = JSON.parse(sessionStorage.getItem(KEY) ?? 'null') as Session | null;
    return found && found.expires_at > Date.now() + 30_000 ? found : null;
  } catch {
    return null;
  }
}

interface Opened {
  bearer: string;
  /** Seconds. */
  expires_in: number;
  me: Me;
}

async function opened(path: string, body: Record<string, string>): Promise<Me> {
  const page = embedder();
  const answer = await api.post<Opened>(path, page ? { ...body, page_origin: page } : body);
  keep({
    bearer: answer.bearer,
    expires_at: Date.now() + answer.expires_in * 1000,
    kind: answer.me.kind,
  });
  return answer.me;
}

/** Exchanges a signed identity; the kept session stands in where the server cannot be reached or knows the token. */
export async function identify(token: string): Promise<Me> {
  const before = kept();
  current = null;
  try {
    return await opened('/api/embed/session', { token });
  } catch (problem) {
    const used = problem instanceof ApiError && (problem.transient || problem.status === 401);
    if (!used || before?.kind !== 'client') throw problem;
    current = before;
    return api.get<Me>('/api/me').catch(() => {
      throw problem;
    });
  }
}

/** The session that this tab still has, of this kind. */
export async function resume(kind?: Me['kind']): Promise<Me | null> {
  current = kept();
  if (!current || (kind && current.kind !== kind)) {
    current = null;
    return null;
  }
  return api.get<Me>('/api/me').catch((problem: unknown) => {
    if (problem instanceof ApiError && problem.transient) throw problem;
    forget();
    return null;
  });
}

/** A visitor's session: education only. */
export async function visit(): Promise<Me> {
  const again = await resume('visitor');
  return again ?? opened('/api/embed/visitor', {});
}
