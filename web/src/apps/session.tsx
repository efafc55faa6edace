/** Who is signed in: one query, one request function with the staff cookie, and a gate before the application. */
import { useQuery } from '@tanstack/react-query';
import { createContext, lazy, type ReactNode, Suspense, useContext } from 'react';
import { fetchOnce } from '../core/early';
import { ApiError, http } from '../core/http';
import type { Me } from '../core/protocol';
import { t } from '../locales/common';
import { ErrorState, LinkButton, Loading, PageState } from '../ui';
import { queries } from './start';

/** Requests as the person who is signed in. A 401 brings the sign-in page back. */
export const api = http({
  fetch: fetchOnce,
  onSignedOut: () => queries.setQueryData(['me'], null),
});

// Whoever is signed in already never fetches the way in.
const SignIn = lazy(() => import('./SignIn').then((part) => ({ default: part.SignIn })));

const MeContext = createContext<Me | null>(null);

/** The person who is signed in. */
export function useMe(): Me {
  const me = useContext(MeContext);
  if (!me) throw new Error('useMe outside SignedIn');
  return me;
}

const leaving = new Set<() => void>();

/** Calls `forget` when the person signs out: what an application keeps on the device must go. */
export function onSignOut(forget: () => void): void {
  leaving.add(forget);
}

/** The other pages of this browser: they are signed out with this one. */
const others = new BroadcastChannel('visavis.sign-out');
others.onmessage = () => {
  for (const forget of leaving) forget();
  queries.setQueryData(['me'], null);
};

export async function signOut(): Promise<void> {
  others.postMessage('');
  for (const forget of leaving) forget();
  await api.post('/api/sign-out').catch(() => undefined);
  queries.clear();
  location.reload();
}

const fetchMe = (): Promise<Me | null> =>
  api.get<Me>('/api/me').catch((error: unknown) => {
    if (error instanceof ApiError && error.status === 401) return null;
    throw error;
  });

const asking = { queryKey: ['me'], queryFn: fetchMe, staleTime: 60_000 };

/** Asks who is signed in before anything is drawn; a failure is the gate's to show. */
export const meet = (): Promise<void> => queries.prefetchQuery({ ...asking, retry: false });

export type AppName = 'desk' | 'console';

const worksAt: Record<AppName, string[]> = {
  desk: ['advisor', 'client_manager', 'broker_agent', 'partner_staff'],
  console: ['supervisor', 'operator', 'editor', 'administrator', 'examiner'],
};

/** Whether he speaks with clients; who is of a partner only refers them. */
export const serves = ({ roles }: Pick<Me, 'roles'>): boolean =>
  roles.some((role) => role !== 'partner_staff' && worksAt.desk.includes(role));

/** Who was signed in here last. */
let met = '';

/** Shows `children` to staff who work in this application, else the way there. */
export function SignedIn({ app, children }: { app: AppName; children: ReactNode }) {
  const me = useQuery(asking);
  if (me.isPending) return <Loading rows={0} />;
  if (me.isError) return <ErrorState error={me.error} onRetry={() => void me.refetch()} />;
  if (me.data?.kind !== 'staff') {
    return (
      <Suspense fallback={<Loading rows={0} />}>
        <SignIn app={app} onDone={() => void queries.invalidateQueries({ queryKey: ['me'] })} />
      </Suspense>
    );
  }
  if (!me.data.roles.some((role) => worksAt[app].includes(role))) {
    return <WrongApp me={me.data} app={app} />;
  }
  if (met && met !== me.data.id) {
    // Whoever comes after somebody else finds nothing of his: neither on the page nor in what waits to be sent.
    location.reload();
    return <Loading rows={0} />;
  }
  met = me.data.id;
  return <MeContext.Provider value={me.data}>{children}</MeContext.Provider>;
}

function WrongApp({ me, app }: { me: Me; app: AppName }) {
  const other: AppName = app === 'desk' ? 'console' : 'desk';
  const roles = me.roles.map((role) => t(`role.${role}` as 'role.advisor')).join(' · ');
  return (
    <PageState
      kind="forbidden"
      title={t('signin.wrongapp.title')}
      action={
        <LinkButton kind="primary" href={`/${other}/`}>
          {t('signin.wrongapp.go', { name: t(`app.${other}`) })}
        </LinkButton>
      }
    >
      {t('signin.wrongapp.text', { roles })}
    </PageState>
  );
}
