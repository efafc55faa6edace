/** By whose code the client came: said once, by the client alone; a partner learns that somebody came, never who. */
import { useState } from 'react';
import { t } from '../../../locales/mine';
import type { Client } from '../client';
import css from '../frame.module.css';
import { Press } from '../parts';
import * as data from './data';
import own from './mine.module.css';

const LONGEST = 20;

export function Referral({ client }: { client: Client }) {
  const [code, setCode] = useState('');
  const [said, setSaid] = useState('');
  const word = code.trim().toUpperCase();
  const name = () =>
    client.attempt(async () => {
      await data.refer(word);
      setSaid(word);
      setCode('');
    });
  return (
    <section className={css.card}>
      <h2 className={css.head}>{t('referral.title')}</h2>
      <label className={own.row}>
        <span className={css.grow}>{t('referral.code')}</span>
        <input
          size={10}
          autoComplete="off"
          maxLength={LONGEST}
          value={code}
          onInput={(event) => setCode(event.currentTarget.value)}
        />
      </label>
      <Press small disabled={!word} onPress={() => void name()}>
        {t('referral.say')}
      </Press>
      <p className={css.soft} role="status">
        {said ? t('referral.said', { code: said }) : t('referral.note')}
      </p>
    </section>
  );
}
