/** Places of the console and what is shown at each address. A place is a lazy chunk, so that each loads only its own. */
import { Suspense } from 'react';
import type { Me } from '../../core/protocol';
import { t } from '../../locales/console';
import { here, LinkButton, Loading, match, PageState, usePath } from '../../ui';
import { Boundary } from '../../ui/Boundary';
import {
  iBell,
  iBoard,
  iBook,
  iCal,
  iCheck,
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
import { Arrived, type Part, part, soon } from '../part';
import { type Place, Shell } from '../Shell';
import { meet, SignedIn, useMe } from '../session';
import { queries } from '../start';
import { LineNote } from './LineNote';

interface Room {
  path: string;
  name: `nav.${'archive' | 'products' | 'fit' | 'board' | 'funnel' | 'search' | 'decisions' | 'staff' | 'knowledge' | 'review' | 'connections' | 'changes' | 'hours' | 'notices' | 'sites'}`;
  icon: string;
  roles: string[];
  page: Part;
}

const ROOMS: Room[] = [
  {
    path: '/board',
    name: 'nav.board',
    icon: iBoard,
    roles: ['operator', 'supervisor'],
    page: part(() => import('./Board')),
  },
  {
    path: '/review',
    name: 'nav.review',
    icon: iFlag,
    roles: ['supervisor'],
    page: part(() => import('./review/Review')),
  },
  {
    path: '/funnel',
    name: 'nav.funnel',
    icon: iFunnel,
    roles: ['operator', 'supervisor'],
    page: part(() => import('./Funnel')),
  },
  {
    path: '/decisions',
    name: 'nav.decisions',
    icon: iPath,
    roles: ['operator', 'supervisor'],
    page: part(() => import('./Decisions')),
  },
  {
    path: '/search',
    name: 'nav.search',
    icon: iSearch,
    roles: ['supervisor'],
    page: part(() => import('./Search')),
  },
  {
    path: '/archive',
    name: 'nav.archive',
    icon: iProof,
    roles: ['supervisor', 'examiner', 'operator', 'administrator'],
    page: part(() => import('./archive/Archive')),
  },
  {
    path: '/staff',
    name: 'nav.staff',
    icon: iPeople,
    roles: ['administrator', 'operator', 'supervisor'],
    page: part(() => import('./Staff')),
  },
  {
    path: '/knowledge',
    name: 'nav.knowledge',
    icon: iBook,
    roles: ['editor', 'supervisor', 'operator', 'administrator'],
    page: part(() => import('./Knowledge')),
  },
  {
    path: '/products',
    name: 'nav.products',
    icon: iWallet,
    roles: ['editor', 'supervisor', 'operator', 'administrator'],
    page: part(() => import('./Products')),
  },
  {
    path: '/suitability',
    name: 'nav.fit',
    icon: iCheck,
    roles: ['supervisor', 'editor', 'administrator', 'operator'],
    page: part(() => import('./fit/Fit')),
  },
  {
    path: '/connections',
    name: 'nav.connections',
    icon: iList,
    roles: ['administrator'],
    page: part(() => import('./Connections')),
  },
  {
    path: '/changes',
    name: 'nav.changes',
    icon: iSwap,
    roles: ['administrator'],
    page: part(() => import('./Changes')),
  },
  {
    path: '/hours',
    name: 'nav.hours',
    icon: iCal,
    roles: ['administrator', 'operator'],
    page: part(() => import('./Hours')),
  },
  {
    path: '/notices',
    name: 'nav.notices',
    icon: iBell,
    roles: ['operator'],
    page: part(() => import('./Notices')),
  },
  {
    path: '/sites',
    name: 'nav.sites',
    icon: iGlobe,
    roles: ['administrator'],
    page: part(() => import('./Sites')),
  },
];

const of = (me: Me) => ROOMS.filter((room) => room.roles.some((role) => me.roles.includes(role)));

/** What the first drawing needs: who is signed in, and his room with what it shows first. */
export async function begin(): Promise<void> {
  await meet();
  const me = queries.getQueryData<Me | null>(['me']);
  if (me?.kind !== 'staff') return;
  const mine = of(me);
  const at = here();
  const room = at === '/' ? mine[0] : mine.find((one) => match(one.path, at));
  // A room that does not arrive is its boundary's to tell.
  const page = await room?.page.fetch().catch(() => undefined);
  await soon(page?.begin?.() ?? Promise.resolve());
}

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
  const mine = of(me);
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
          <Arrived key={room.path} of={room.page} />
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
