/** The client panel as a page of its own: phones. */
import { named } from '../../../core/i18n';
import { t } from '../../../locales/desk';
import { Avatar, Button, IconButton, navigate } from '../../../ui';
import { iLeft } from '../../../ui/icons';
import { useHeader } from '../data';
import css from './ClientPage.module.css';
import { ClientPanel } from './ClientPanel';

export function ClientPage({ conversation }: { conversation: string }) {
  const header = useHeader(conversation);
  const back = () => navigate(`/conversations/${conversation}`);
  const client = header.data?.client;
  return (
    <section className={css.page} aria-label={t('head.panel')}>
      <header className={css.head}>
        <IconButton icon={iLeft} label={t('back')} onPress={back} />
        {client ? (
          <>
            <Avatar name={named(client)} />
            <h1 className={css.name}>{named(client)}</h1>
          </>
        ) : null}
      </header>
      <ClientPanel client={client?.id ?? null} current={conversation} />
      <footer className={css.foot}>
        <Button kind="primary" size="l" wide onPress={back}>
          {t('panel.back')}
        </Button>
      </footer>
    </section>
  );
}
