/** Places of the desk and what is shown at each address. */
import { t } from '../../locales/desk';
import { LinkButton, match, PageState, usePath } from '../../ui';
import { iBolt, iBook, iChat, iPeople } from '../../ui/icons';
import { Shell } from '../Shell';
import { SignedIn } from '../session';
import { Conversations } from './Conversations';

export function Desk() {
  return (
    <SignedIn app="desk">
      <Shell
        places={[
          { path: '/conversations', text: t('nav.conversations'), icon: iChat },
          { path: '/pool', text: t('nav.pool'), icon: iBolt },
          { path: '/clients', text: t('nav.clients'), icon: iPeople },
          { path: '/knowledge', text: t('nav.knowledge'), icon: iBook },
        ]}
      >
        <Page />
      </Shell>
    </SignedIn>
  );
}

function Page() {
  const path = usePath();
  if (path === '/' || match('/conversations', path)) return <Conversations />;
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
