/** What a client brings to somebody independent: a complaint, a fraud report, and the firm's answers. */
import { useCallback, useEffect, useState } from 'react';
import { moment } from '../../core/format';
import { language } from '../../core/i18n';
import { orElse, speak, t } from '../../locales/complaint';
import type { Client } from './client';
import css from './frame.module.css';
import { Press, Refusal } from './parts';
import { api } from './session';
import own from './suit/suit.module.css';

const CATEGORIES = ['complaint', 'fraud', 'credentials', 'distress', 'other'] as const;

interface Brought {
  id: string;
  category: string;
  words: string;
  state: 'open' | 'taken' | 'closed';
  opened_at: number;
  answer: string | null;
}

export function Complaint({ client }: { client: Client }) {
  const [words, setWords] = useState('');
  const spoken = language();
  useEffect(() => {
    void speak(spoken).then(() => setWords(spoken));
  }, [spoken]);
  return words === spoken ? <Screen client={client} /> : null;
}

function Screen({ client }: { client: Client }) {
  const [category, setCategory] = useState<string>(CATEGORIES[0]);
  const [text, setText] = useState('');
  const [sent, setSent] = useState(false);
  const [mine, setMine] = useState<Brought[]>([]);
  const load = useCallback(
    () =>
      client.attempt(async () =>
        setMine((await api.get<{ items: Brought[] }>('/api/complaints')).items),
      ),
    [client],
  );
  useEffect(() => {
    void load();
  }, [load]);
  const send = () =>
    client.attempt(async () => {
      await api.post('/api/complaints', { category, words: text });
      setText('');
      setSent(true);
      await load();
    });
  return (
    <div className={css.scroll}>
      <section className={css.card}>
        <h1 className={css.lead}>{t('title')}</h1>
        <p className={css.soft}>{t('text')}</p>
        <fieldset className={own.choices}>
          <legend className={own.question}>{t('about')}</legend>
          {CATEGORIES.map((one) => (
            <label key={one} className={own.choice}>
              <input
                type="radio"
                name="category"
                checked={category === one}
                onChange={() => setCategory(one)}
              />
              {t(`category.${one}`)}
            </label>
          ))}
        </fieldset>
        <textarea
          className={css.rateText}
          rows={5}
          maxLength={4000}
          value={text}
          aria-label={t('words')}
          placeholder={t('words')}
          onInput={(event) => setText(event.currentTarget.value)}
        />
        <Press kind="primary" disabled={!text.trim()} onPress={() => void send()}>
          {t('send')}
        </Press>
        {sent ? (
          <p className={css.thanks} role="status">
            {t('sent')}
          </p>
        ) : null}
        <Refusal problem={client.problem} />
      </section>
      {mine.map((one) => (
        <section key={one.id} className={css.card}>
          <p className={css.soft}>
            {orElse(`category.${one.category}`, 'category.other')} · {moment(one.opened_at)} ·{' '}
            {t(`state.${one.state}`)}
          </p>
          <p>{one.words}</p>
          {one.answer ? (
            <p>
              <b>{t('answer')}</b> {one.answer}
            </p>
          ) : null}
        </section>
      ))}
    </div>
  );
}
