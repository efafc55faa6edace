/** The connection has ended: by whom, who serves the client now, and what stays. */
import { useState } from 'react';
import type { PersonCard } from '../../core/protocol';
import { t } from '../../locales/widget';
import { Icon } from '../../ui/Icon';
import { iRight, iWarn } from '../../ui/icons';
import type { Client } from './client';
import css from './frame.module.css';
import { Layer } from './Notice';
import { Press, Refusal, roleName, Verify, Who } from './parts';

export function Gone({ client, former }: { client: Client; former: string }) {
  const [choices, setChoices] = useState<PersonCard[] | null>(null);
  const next = client.home?.advisor ?? null;
  const ask = () => void client.attempt(() => client.ask('person'));
  const exchange = (choice: string | null) =>
    void client
      .attempt(() => client.exchange(choice))
      .then((done) => {
        if (done) setChoices(null);
      });
  return (
    <footer className={css.successor}>
      <p className={css.soft}>{next ? t('gone.since') : t('gone.none')}</p>
      {next ? (
        <>
          <Who person={next} real={client.real} line={next.branch} />
          {next.code ? (
            <p>
              <span className={css.code}>{next.code}</span> <Verify person={next} />
            </p>
          ) : null}
          <Press kind="primary" onPress={ask}>
            {t('gone.ask', { name: next.name })}
          </Press>
          <Press
            onPress={() => void client.attempt(async () => setChoices(await client.choices()))}
          >
            {t('gone.other')}
          </Press>
        </>
      ) : (
        <Press kind="primary" onPress={ask}>
          {t('home.ask.any')}
        </Press>
      )}
      {former ? <Warning former={former} /> : null}
      <Refusal problem={client.problem} />
      {choices ? (
        <Layer label={t('gone.other')} onClose={() => setChoices(null)}>
          <h2 className={css.lead}>{t('gone.other')}</h2>
          <ul className={css.list}>
            {choices.map((one) => (
              <li key={one.id}>
                <button type="button" className={css.line} onClick={() => exchange(one.id)}>
                  <span className={css.grow}>
                    <b>{one.name}</b>
                    <span className={css.soft}>
                      {[roleName(one.role), one.branch, one.code].filter(Boolean).join(' · ')}
                    </span>
                  </span>
                  <Icon of={iRight} size={16} />
                </button>
              </li>
            ))}
          </ul>
          <Press onPress={() => exchange(null)}>{t('gone.firm')}</Press>
          <Press kind="ghost" onPress={() => setChoices(null)}>
            {t('cancel')}
          </Press>
        </Layer>
      ) : null}
    </footer>
  );
}

/** Whoever has gone no longer speaks for the firm. */
export function Warning({ former }: { former: string }) {
  return (
    <p className={css.record}>
      <Icon of={iWarn} size={16} />
      <span>{t('gone.warn', { name: former })}</span>
    </p>
  );
}
