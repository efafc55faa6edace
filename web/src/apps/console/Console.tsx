/** Places of the console and what is shown at each address. A place is a lazy chunk, so that each loads only its own. */
import { type ComponentType, lazy, Suspense } from 'react';
import { t } from '../../locales/console';
import { LinkButton, Loading, match, PageState, usePath } from '../../ui';
import { Boundary } from '../../ui/Boundary';
import {
  iBell,
  iBoard,
  iBook,
  iCal,
  iFlag,
  iFunnel,
  iGlobe,
  iList,
  iPath,
  iPeople,
  iProof,
  iSearch,
  iSwap,
  iWallet,
} from '../../ui/icons';
import { type Place, Shell } from '../Shell';
import { SignedIn, useMe } from '../session';
import { LineNote } from './LineNote';

interface Room {
  path: string;
  name: `nav.${'archive' | 'products' | 'board' | 'funnel' | 'search' | 'decisions' | 'staff' | 'knowledge' | 'review' | 'connections' | 'changes' | 'hours' | 'notices' | 'sites'}`;
  icon: string;
  roles: string[];
  Page: ComponentType;
}

const ROOMS: Room[] = [
  {
    path: '/board',
    name: 'nav.board',
    icon: iBoard,
    roles: ['operator', 'supervisor'],
    Page: lazy(() => import('./Board')),
  },
  {
    path: '/review',
    name: 'nav.review',
    icon: iFlag,
    roles: ['supervisor'],
    Page: lazy(() => import('./review/Review')),
  },
  {
    path: '/funnel',
    name: 'nav.funnel',
    icon: iFunnel,
    roles: ['operator', 'supervisor'],
    Page: lazy(() => import('./Funnel')),
  },
  {
    path: '/decisions',
    name: 'nav.decisions',
    icon: iPath,
    roles: ['operator', 'supervisor'],
    Page: lazy(() => import('./Decisions')),
  },
  {
    path: '/search',
    name: 'nav.search',
    icon: iSearch,
    roles: ['supervisor'],
    Page: lazy(() => import('./Search')),
  },
  {
    path: '/archive',
    name: 'nav.archive',
    icon: iProof,
    roles: ['supervisor', 'examiner', 'operator', 'administrator'],
    Page: lazy(() => import('./archive/Archive')),
  },
  {
    path: '/staff',
    name: 'nav.staff',
    icon: iPeople,
    roles: ['administrator', 'operator', 'supervisor'],
    Page: lazy(() => import('./Staff')),
  },
  {
    path: '/knowledge',
    name: 'nav.knowledge',
    icon: iBook,
    roles: ['editor', 'supervisor', 'operator', 'administrator'],
    Page: lazy(() => import('./Knowledge')),
  },
  {
    path: '/products',
    name: 'nav.products',
    icon: iWallet,
    roles: ['editor', 'supervisor', 'operator', 'administrator'],
    Page: lazy(() => import('./Products')),
  },
  {
    path: '/connections',
    name: 'nav.connections',
    icon: iList,
    roles: ['administrator'],
    Page: lazy(() => import('./Connections')),
  },
  {
    path: '/changes',
    name: 'nav.changes',
    icon: iSwap,
    roles: ['administrator'],
    Page: lazy(() => import('./Changes')),
  },
  {
    path: '/hours',
    name: 'nav.hours',
    icon: iCal,
    roles: ['administrator', 'operator'],
    Page: lazy(() => import('./Hours')),
  },
  {
    path: '/notices',
    name: 'nav.notices',
    icon: iBell,
    roles: ['operator'],
    Page: lazy(() => import('./Notices')),
  },
  {
    path: '/sites',
    name: 'nav.sites',
    icon: iGlobe,
    roles: ['administrator'],
    Page: lazy(() => import('./Sites')),
  },
];

export function Console() {
  return (
    <SignedIn app="console">
      <Rooms />
    </SignedIn>
  );
}

/** Only what this person may use is in the rail; an address typed by hand says that it is not his, as the server would. */
function Rooms() {
  const me = useMe();
  const mine = ROOMS.filter((room) => room.roles.some((role) => me.roles.includes(role)));
  const places: Place[] = mine.map(({ path, name, icon }) => ({ path, text: t(name), icon }));
  return (
    <Shell places={places}>
      <LineNote />
      <Page mine={mine} />
    </Shell>
  );
}

function Page({ mine }: { mine: Room[] }) {
  const path = usePath();
  const room = path === '/' ? mine[0] : ROOMS.find((one) => match(one.path, path));
  if (room && !mine.includes(room)) {
    return (
      <PageState
        kind="forbidden"
        title={t('forbidden.title')}
        action={<LinkButton href="/console/">{t('missing.home')}</LinkButton>}
      >
        {t('forbidden.text', { place: t(room.name) })}
      </PageState>
    );
  }
  if (room) {
    return (
      <Boundary at={path}>
        <Suspense fallback={<Loading />}>
          <room.Page />
        </Suspense>
      </Boundary>
    );
  }
  return (
    <PageState
      kind="empty"
      title={t('missing.title')}
      action={<LinkButton href="/console/">{t('missing.home')}</LinkButton>}
    >
      {t('missing.text')}
    </PageState>
  );
}
