/** Texts for several clients: nothing goes out before somebody other than the author has approved it. */
import { useState } from 'react';
import { moment } from '../../../core/format';
import { t } from '../../../locales/review';
import { Button, Chip, Coming, ErrorState, Loading, PageState } from '../../../ui';
import { TextField } from '../../../ui/Fields';
import { iShield } from '../../../ui/icons';
import { api } from '../../session';
import page from '../page.module.css';
import css from './review.module.css';
import { name, useAct, useRoom } from './shared';
import type { Broadcast, Preview } from './types';

export function Broadcasts() {
  const list = useRoom<{ items: Broadcast[] }>('/api/broadcasts');
  return (
    <div className={page.body}>
      <Coming of={list} />
      {list.data?.items.length === 0 ? (
        <PageState kind="empty" icon={iShield} title={t('broadcasts.none')}>
          {t('broadcasts.none.text')}
        </PageState>
      ) : null}
      {list.data?.items.map((one) => (
        <One key={one.id} one={one} />
      ))}
    </div>
  );
}

function One({ one }: { one: Broadcast }) {
  const [note, setNote] = useState('');
  const decide = useAct((approve: boolean) =>
    api.post(`/api/broadcasts/${one.id}/decision`, { approve, note }),
  );
  return (
    <section className={page.card}>
      <header className={page.cardHead}>
        <h2>
          {name(one.author)} · {t('broadcast.to', { n: one.recipients })}
        </h2>
        {one.verdict?.policies.map((policy) => (
          <Chip key={policy.id} tone="nudge">
            {policy.title}
          </Chip>
        ))}
        <Chip>{t(`broadcast.state.${one.state}`)}</Chip>
        <span className={page.meta}>{moment(one.created_at)}</span>
      </header>
      <div className={`${page.pad} ${page.stack}`}>
        <p className={css.text}>{one.words}</p>
        {one.state === 'sent' ? (
          <p className={page.meta}>
            {t('broadcast.reached', { n: one.reached, of: one.recipients })}
          </p>
        ) : null}
        {one.note ? <p className={page.meta}>{one.note}</p> : null}
        {one.state === 'waiting' ? (
          <>
            <Ahead id={one.id} of={one.recipients} />
            <TextField label={t('note')} value={note} onChange={setNote} maxLength={2000} />
            <div className={css.grades}>
              <Button isDisabled={!note.trim()} onPress={() => decide.mutate(false)}>
                {t('broadcast.refuse')}
              </Button>
              <Button kind="primary" onPress={() => decide.mutate(true)}>
                {t('broadcast.approve')}
              </Button>
            </div>
          </>
        ) : null}
      </div>
    </section>
  );
}

/** Whom it would not reach if it went out now, and why; each is matched again when it is sent. */
function Ahead({ id, of }: { id: string; of: number }) {
  const seen = useRoom<Preview>(`/api/broadcasts/${id}/preview`);
  if (seen.isPending) return <Loading />;
  if (seen.isError) {
    return <ErrorState error={seen.error} onRetry={() => void seen.refetch()} />;
  }
  const { reaches, excluded } = seen.data;
  return (
    <div aria-live="polite">
      <p className={page.meta}>
        {excluded.length
          ? t('broadcast.ahead', { n: reaches, of })
          : t('broadcast.ahead.all', { n: reaches })}
      </p>
      {excluded.length ? (
        <ul className={css.excluded}>
          {excluded.map((one) => (
            <li key={one.detail}>{t('broadcast.excluded', { n: one.clients, why: one.detail })}</li>
          ))}
        </ul>
      ) : null}
    </div>
  );
}
