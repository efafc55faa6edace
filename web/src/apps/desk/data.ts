/** What the desk asks of the server: one hook or call a list, one name a query key. */
import { keepPreviousData, useQuery } from '@tanstack/react-query';
import { serverNow } from '../../core/clock';
import type {
  Citation,
  Environment,
  Me,
  Offer,
  Person,
  Presence,
  Verdict,
} from '../../core/protocol';
import { soon } from '../part';
import { api, meet, serves } from '../session';
import { queries } from '../start';

export interface Page<T> {
  items: T[];
  next?: string | null;
}

export interface ClientName {
  id: string;
  name: string;
  name_en?: string | null;
  level?: string | null;
  environment?: Environment;
}

export interface Row {
  id: string;
  client: ClientName;
  last: { text: string; at: number; sender: string | null } | null;
  unread: number;
  /** Until when I have set it aside; a moment that has passed is when it came back. */
  later_until: number | null;
  waiting_since: number | null;
  presence: Presence | null;
  shared: number;
  internal: number;
  state: 'open' | 'closed';
  topic: string | null;
  handler: string | null;
  connection_state: string | null;
}

export interface Header {
  id: string;
  state: 'open' | 'closed';
  topic: string | null;
  language?: string;
  handler?: { id: string; name: string } | null;
  people: Person[];
  /** Marks of everybody in the conversation, mine among them. */
  receipts?: { person: string; delivered: number; read: number }[];
  client: ClientName;
  connection: { id: string; state: string; dissolved_at?: number | null; basis?: string } | null;
  context: { url?: string; title?: string; product?: string | null } | null;
  shared: number;
  internal: number;
  may: { send: boolean; note: boolean; transfer: boolean; close: boolean };
  /** Code of the refusal that a message would meet now. */
  reason?: string | null;
  environment?: Environment;
}

export interface Answer {
  id: string;
  entry?: string;
  version: number;
  title: string;
  text: string;
  topic?: string | null;
  reviewed?: string | null;
  /** How well it fits, 0 to 1. */
  score?: number;
  citations?: Citation[];
}

export interface ClientRow {
  client: ClientName;
  state: string;
  assigned_at: number | null;
  last_contact_at: number | null;
  basis: string | null;
  greetable: boolean;
  greet_refusal: { error: string; detail: string } | null;
}

/** A greeting that goes when the client may be contacted, or that was refused at its moment. */
export interface QueuedGreeting {
  id: string;
  client: ClientName;
  state: 'waiting' | 'refused';
  detail: string;
}

export interface Greeting {
  id: string;
  title: string;
  text: string;
  version?: number;
  approved_on?: string | null;
}

export interface ClientDetail {
  client: ClientName & { since?: number | null; language?: string | null };
  context?: { url?: string; title?: string; product?: string | null; at?: number }[];
  contacts?: {
    id?: string;
    conversation?: string;
    topic?: string | null;
    text?: string | null;
    at: number;
    rating?: number | null;
  }[];
  connections?: {
    id: string;
    staff?: { id: string; name: string; name_en?: string | null } | string | null;
    state: string;
    basis?: string | null;
    assigned_at?: number | null;
    established_at?: number | null;
    dissolved_at?: number | null;
    reason?: string | null;
  }[];
}

export interface Decision {
  id: string;
  at: number;
  stage: string | number;
  mode?: string;
  chosen: string[];
  policy_version: string;
  candidates: {
    staff: string;
    /** Absent where the reader may not know it. */
    name: string | null;
    name_en?: string | null;
    score: number | null;
    parts: Record<string, number>;
    chosen: boolean;
    refused: { constraint: string; detail: string } | null;
  }[];
}

export interface Knowledge {
  id: string;
  version: number;
  title: string;
  answer?: string;
  text?: string;
  topic: string;
  state?: string;
  reviewed?: string | null;
  reviewed_at?: number | string | null;
}

export interface PresenceNow {
  status: Presence;
  capacity: number;
  used: number;
}

export const keys = {
  rows: (state: string, q = '') => ['conversations', state, q],
  header: (id: string) => ['conversation', id],
  pool: ['pool'],
  presence: ['presence'],
  clients: (query: Record<string, string>) => ['clients', query],
  client: (id: string) => ['client', id],
  knowledge: (q: string, topic: string) => ['knowledge', q, topic],
};

const first = {
  rows: (state: 'open' | 'closed', q: string) => ({
    queryKey: keys.rows(state, q),
    queryFn: () => api.get<Page<Row>>('/api/conversations', { state, q: q || undefined }),
  }),
  pool: { queryKey: keys.pool, queryFn: () => api.get<Page<Offer>>('/api/pool') },
  presence: {
    queryKey: keys.presence,
    queryFn: () => api.get<PresenceNow>('/api/presence'),
    staleTime: 30_000,
  },
};

/** The first screen is drawn once and whole where its answers come soon, else with what is there. */
export async function begin(): Promise<void> {
  await meet();
  const me = queries.getQueryData<Me | null>(['me']);
  if (!me || !serves(me)) return;
  const lists = [first.rows('open', ''), first.pool, first.presence];
  await soon(...lists.map((one) => queries.prefetchQuery<unknown>({ ...one, retry: false })));
}

/** Less than this (ms) may the server's clock be ahead of what is known of it. */
const SLACK_MS = 2_000;

/** Whether I have set it aside and its moment is still to come. */
export const isLater = (row: Row): boolean => (row.later_until ?? 0) > serverNow() + SLACK_MS;

/** Whether its moment has come, and nothing was said since. */
export const isBack = (row: Row): boolean =>
  row.later_until !== null && !isLater(row) && row.later_until > (row.last?.at ?? 0);

/** While another word is looked for the last finds stay; what is open never stands for what is closed. */
export const useRows = (state: 'open' | 'closed' = 'open', q = '') =>
  useQuery({
    ...first.rows(state, q),
    placeholderData: (found: Page<Row> | undefined, last) =>
      last?.queryKey[1] === state ? found : undefined,
  });

export const useHeader = (id: string, enabled = true) =>
  useQuery({
    queryKey: keys.header(id),
    queryFn: () => api.get<Header>(`/api/conversations/${id}`),
    enabled,
  });

export const usePool = () => useQuery(first.pool);

export const usePresence = () => useQuery(first.presence);

export const useClients = (query: Record<string, string>) =>
  useQuery({
    queryKey: keys.clients(query),
    queryFn: () => api.get<Page<ClientRow>>('/api/clients', { ...query, limit: 200 }),
    placeholderData: keepPreviousData,
  });

export const useQueued = () =>
  useQuery({
    queryKey: ['clients', 'queued'],
    queryFn: () => api.get<Page<QueuedGreeting>>('/api/greetings/queued'),
  });

export const useClient = (id: string | null) =>
  useQuery({
    queryKey: keys.client(id ?? ''),
    queryFn: () => api.get<ClientDetail>(`/api/clients/${id}`),
    enabled: Boolean(id),
  });

export const useGreetings = () =>
  useQuery({
    queryKey: ['greetings'],
    queryFn: () => api.get<Page<Greeting> | Greeting[]>('/api/greetings').then(items),
    staleTime: 300_000,
  });

export const useKnowledge = (q: string, topic: string) =>
  useQuery({
    queryKey: keys.knowledge(q, topic),
    queryFn: () =>
      api
        .get<Page<Knowledge> | Knowledge[]>('/api/knowledge', {
          q: q || undefined,
          topic: topic || undefined,
        })
        .then(items),
    placeholderData: keepPreviousData,
  });

/** Standard answers for a typed word, or suggestions for a conversation. */
export const findAnswers = (where: { q?: string; conversation?: string }, signal?: AbortSignal) =>
  api.get<Page<Answer> | Answer[]>('/api/answers', where, { signal }).then(items);

export const judge = (text: string, conversation: string, signal?: AbortSignal) =>
  api.post<Verdict>('/api/judge', { text, conversation }, { signal });

/** Counts what became of an advice; a count that is lost is nobody's trouble. */
export const advised = (what: Record<string, string>): void => {
  api.post('/api/review/nudges', what).catch(() => {});
};

/** A list answer may be a page or an array. */
export const items = <T>(answer: Page<T> | T[]): T[] =>
  Array.isArray(answer) ? answer : answer.items;

/** Makes lists stale, at most once in a third of a second, so that a burst of hints asks once. */
const stale = new Set<string>();
let asking: ReturnType<typeof setTimeout> | undefined;
export function refresh(...names: string[]): void {
  for (const name of names) stale.add(name);
  if (asking) return;
  asking = setTimeout(() => {
    asking = undefined;
    const now = [...stale];
    stale.clear();
    for (const name of now) void queries.invalidateQueries({ queryKey: [name] });
  }, 300);
}
