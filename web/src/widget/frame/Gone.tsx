/** The connection has ended: by whom, who serves the client now, and what stays. */
import { t } from '../../locales/widget';
import { Icon } from '../../ui/Icon';
import { iWarn } from '../../ui/icons';
import type { Client } from './client';
import css from './frame.module.css';
import { Press, Refusal, Verify, Who } from './parts';

export function Gone({ client }: { client: Client }) {
  const { header, home } = client;
  const former = header?.handler?.name ?? formerName(client);
  const next = home?.advisor && home.advisor.id !== header?.handler?.id ? home.advisor : null;
  return (
    <footer className={css.successor}>
      <p className={css.soft}>{next ? t('gone.since') : t('gone.none')}</p>
      {next ? (
        <>
          <Who person={next} />
          {next.code ? (
            <p>
              <span className={css.code}>{next.code}</span> <Verify person={next} />
            </p>
          ) : null}
          <Press kind="primary" onPress={() => void client.attempt(() => client.ask('person'))}>
            {t('gone.ask', { name: next.name })}
          </Press>
        </>
      ) : (
        <Press kind="primary" onPress={() => client.go('home')}>
          {t('home.ask.any')}
        </Press>
      )}
      {former ? (
        <p className={css.record}>
          <Icon of={iWarn} size={16} />
          <span>{t('gone.warn', { name: former })}</span>
        </p>
      ) : null}
      <Refusal problem={client.problem} />
    </footer>
  );
}

export function formerName(client: Client): string | null {
  const former = client.home?.successor_of;
  return former ? (typeof former === 'string' ? former : former.name) : null;
}
