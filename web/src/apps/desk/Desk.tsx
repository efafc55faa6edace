/** Places of the desk, what is shown at each address, and what is above them all: offers, palette, keys. */
import { lazy, Suspense, useEffect, useState } from 'react';
import { language } from '../../core/i18n';
import { t } from '../../locales/desk';
import { LinkButton, Loading, match, navigate, PageState, usePath } from '../../ui';
import { Boundary } from '../../ui/Boundary';
import { iBolt, iBook, iChat, iGear, iPeople } from '../../ui/icons';
import { late } from '../../ui/late';
import { useWide } from '../../ui/useWide';
import { Shell } from '../Shell';
import { api, SignedIn, serves, useMe } from '../session';
import { queries } from '../start';
import { isLater, usePool, useRows } from './data';
import { type Dialogs, useDesk } from './desk';
import { useLine, useOffers } from './line';
import { OfferCorner } from './offer/OfferCards';
import { OfferVoice } from './offer/OfferVoice';
import { installWorker } from './push';
import { Work } from './Work';

const PoolPage = lazy(() => import('./pool/PoolPage').then((m) => ({ default: m.PoolPage })));
const ClientsPage = lazy(() =>
  import('./clients/ClientsPage').then((m) => ({ default: m.ClientsPage })),
);
const KnowledgePage = lazy(() =>
  import('./knowledge/KnowledgePage').then((m) => ({ default: m.KnowledgePage })),
);
const SettingsPage = lazy(() =>
  import('./settings/SettingsPage').then((m) => ({ default: m.SettingsPage })),
);
const Referrals = lazy(() => import('./referrals/Referrals'));
const OpenPalette = lazy(() =>
  import('./keys/OpenPalette').then((m) => ({ default: m.OpenPalette })),
);
const OfferSheet = late(() => import('./offer/OfferSheet').then((m) => m.OfferSheet));
const HelpDialog = lazy(() => import('./keys/HelpDialog').then((m) => ({ default: m.HelpDialog })));

export function Desk() {
  return (
    <SignedIn app="desk">
      <Mine />
    </SignedIn>
  );
}

/** Whoever only refers clients has a desk of one page, and asks for nothing else. */
function Mine() {
  return serves(useMe()) ? <Places /> : <Referrer />;
}

function Referrer() {
  useLanguage();
  const path = usePath();
  return (
    <Shell places={[{ path: '/referrals', text: t('nav.referrals'), icon: iPeople }]}>
      <Boundary at={path}>
        <Suspense fallback={<Loading />}>
          {path === '/' || path === '/referrals' ? <Referrals /> : <NotYours />}
        </Suspense>
      </Boundary>
    </Shell>
  );
}

function NotYours() {
  return (
    <PageState
      kind="forbidden"
      title={t('referrals.only')}
      action={<LinkButton href="/desk/">{t('nav.referrals')}</LinkButton>}
    >
      {t('referrals.only.text')}
    </PageState>
  );
}

function Places() {
  useLine();
  useWorker();
  useLanguage();
  const [foot] = useState(() => [{ path: '/settings', text: t('nav.settings'), icon: iGear }]);
  const path = usePath();
  const wide = useWide(768);
  const rows = useRows('open');
  const shown = (rows.data?.items ?? []).filter((row) => !isLater(row));
  const pool = usePool();
  const at = match('/conversations/:id', path) ?? match('/conversations/:id/client', path);
  const current = at?.id ?? null;
  const desk = useDesk(current, shown);
  const unread = shown.filter((row) => row.unread > 0).length;
  const working = path === '/' || path.startsWith('/conversations');
  return (
    <Shell
      bare={Boolean(current)}
      places={[
        { path: '/conversations', text: t('nav.conversations'), icon: iChat, count: unread },
        {
          path: '/pool',
          text: t('nav.pool'),
          icon: iBolt,
          count: wide ? 0 : (pool.data?.items.length ?? 0),
        },
        { path: '/clients', text: t('nav.clients'), icon: iPeople },
        { path: '/knowledge', text: t('nav.knowledge'), icon: iBook },
      ]}
      foot={foot}
    >
      <Boundary at={path}>
        <Suspense fallback={<Loading />}>
          {working ? <Work current={current} desk={desk} /> : <Page path={path} desk={desk} />}
        </Suspense>
      </Boundary>
      {wide ? working ? null : <OfferCorner /> : <PhoneOffer />}
      <OfferVoice />
      <Palette current={current} desk={desk} />
      {desk.help ? (
        <Boundary quiet at="help">
          <Suspense>
            <HelpDialog onClose={() => desk.show('help', false)} />
          </Suspense>
        </Boundary>
      ) : null}
    </Shell>
  );
}

function Page({ path, desk }: { path: string; desk: Dialogs }) {
  if (path === '/pool') return <PoolPage />;
  if (path === '/clients') return <ClientsPage />;
  if (path === '/knowledge') return <KnowledgePage />;
  if (path === '/settings') return <SettingsPage onHelp={() => desk.show('help', true)} />;
  return (
    <PageState
      kind="empty"
      title={t('missing.title')}
      action={<LinkButton href="/desk/">{t('missing.home')}</LinkButton>}
    >
      {t('missing.text')}
    </PageState>
  );
}

/** Nothing is there to arrive before there is an offer. */
function PhoneOffer() {
  return useOffers().length ? <OfferSheet /> : null;
}

function Palette({ current, desk }: { current: string | null; desk: Dialogs }) {
  if (!desk.palette) return null;
  return (
    <Boundary quiet at="palette">
      <Suspense>
        <OpenPalette current={current} desk={desk} />
      </Suspense>
    </Boundary>
  );
}

/** What the server words for us (greetings, notices) follows the language of the page. */
function useLanguage(): void {
  const me = useMe();
  useEffect(() => {
    if (me.language !== language()) {
      void api.patch('/api/me', { language: language() }).then(
        () => queries.invalidateQueries({ predicate: ({ queryKey }) => queryKey[0] !== 'firm' }),
        () => undefined,
      );
    }
  }, [me.language]);
}

/** The worker of the application, and what a tapped notice opens in this window. */
function useWorker(): void {
  useEffect(() => {
    void installWorker();
    const opened = (event: MessageEvent<{ t?: string; url?: string }>) => {
      if (event.data?.t !== 'open' || !event.data.url) return;
      const url = new URL(event.data.url, location.origin);
      if (url.origin !== location.origin || !url.pathname.startsWith('/desk')) return;
      navigate(url.pathname.slice('/desk'.length) + url.search || '/');
    };
    navigator.serviceWorker?.addEventListener('message', opened);
    return () => navigator.serviceWorker?.removeEventListener('message', opened);
  }, []);
}
