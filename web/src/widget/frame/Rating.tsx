/** One to five stars at the end, and a word if the client likes. */
import { useState } from 'react';
import { t } from '../../locales/widget';
import { Icon } from '../../ui/Icon';
import { iStar } from '../../ui/icons';
import type { Client } from './client';
import css from './frame.module.css';
import { Press, Refusal } from './parts';

export function Rating({ client }: { client: Client }) {
  const [stars, setStars] = useState(0);
  const [text, setText] = useState('');
  if (client.rated || client.header?.rating) {
    return (
      <p className={css.thanks} role="status">
        {t('rate.done')}
      </p>
    );
  }
  return (
    <section className={css.card}>
      <h2 className={css.lead}>{t('rate.title')}</h2>
      <fieldset className={css.stars} aria-label={t('rate.title')}>
        {[1, 2, 3, 4, 5].map((n) => (
          <button
            key={n}
            type="button"
            aria-pressed={stars === n}
            aria-label={t('rate.star', { n })}
            className={n <= stars ? css.lit : ''}
            onClick={() => setStars(n)}
          >
            <Icon of={iStar} size={24} />
          </button>
        ))}
      </fieldset>
      {stars ? (
        <>
          <textarea
            className={css.rateText}
            rows={2}
            maxLength={1000}
            value={text}
            aria-label={t('rate.text')}
            placeholder={t('rate.text')}
            onInput={(event) => setText(event.currentTarget.value)}
          />
          <Press kind="primary" onPress={() => void client.attempt(() => client.rate(stars, text))}>
            {t('rate.send')}
          </Press>
        </>
      ) : null}
      <Refusal problem={client.problem} />
    </section>
  );
}
