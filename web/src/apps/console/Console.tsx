/** Places of the console and what is shown at each address. A place is a lazy chunk, so that each loads only its own. */
import { lazy, Suspense } from 'react';
import { t } from '../../locales/console';
import { LinkButton, Loading, match, PageState, usePath } from '../../ui';
import { iBoard, iBook, iFunnel, iPeople, iSearch } from '../../ui/icons';
import { Shell } from '../Shell';
import { SignedIn } from '../session';

const Board = lazy(() => import('./Board'));

export function Console() {
  return (
    <SignedIn app="console">
      <Shell
        places={[
          { path: '/board', text: t('nav.board'), icon: iBoard },
          { path: '/funnel', text: t('nav.funnel'), icon: iFunnel },
          { path: '/search', text: t('nav.search'), icon: iSearch },
          { path: '/staff', text: t('nav.staff'), icon: iPeople },
          { path: '/knowledge', text: t('nav.knowledge'), icon: iBook },
        ]}
      >
        <Suspense fallback={<Loading />}>
          <Page />
        </Suspense>
      </Shell>
    </SignedIn>
  );
}

function Page() {
  const path = usePath();
  if (path === '/' || match('/board', path)) return <Board />;
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
