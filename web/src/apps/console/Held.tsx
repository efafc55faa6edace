/** Messages that wait for a supervisor: released or refused, with a word to their author. */
import { useMutation, useQuery } from '@tanstack/react-query';
import { useState } from 'react';
import { moment } from '../../core/format';
import { ApiError } from '../../core/http';
import { named } from '../../core/i18n';
import type { Body, Entry } from '../../core/protocol';
import { t } from '../../locales/console';
import { Button, Chip, ErrorState, Loading, PageState, toast } from '../../ui';
import { TextField } from '../../ui/Fields';
import { iFlag } from '../../ui/icons';
import { PageHead } from '../Shell';
import { api } from '../session';
import { queries } from '../start';
import page from './page.module.css';
import type { Found } from './Search';
import css from './staff.module.css';

type Held = Found & { entry: Entry };

export default function HeldMessages() {
  const list = useQuery({
    queryKey: ['held'],
    queryFn: () => api.get<{ items: Held[] }>('/api/supervision/held'),
    refetchInterval: 10_000,
  });
  return (
    <>
      <PageHead title={t('nav.held')} />
      <div className={page.body}>
        {list.isPending ? <Loading /> : null}
        {list.isError ? (
          <ErrorState error={list.error} onRetry={() => void list.refetch()} />
        ) : null}
        {list.data?.items.length === 0 ? (
          <PageState kind="empty" icon={iFlag} title={t('held.none')}>
            {t('held.none.text')}
          </PageState>
        ) : null}
        {list.data?.items.map((one) => (
          <Item key={one.entry.id} held={one} />
        ))}
      </div>
    </>
  );
}

function Item({ held }: { held: Held }) {
  const [note, setNote] = useState('');
  const decide = useMutation({
    mutationFn: (decision: 'release' | 'refuse') =>
      api.post(`/api/supervision/held/${held.entry.id}/${decision}`, { note }),
    onSettled: () => queries.invalidateQueries({ queryKey: ['held'] }),
    onError: (error) => toast(error instanceof ApiError ? error.detail : t('error.title')),
  });
  return (
    <section className={page.card}>
      <header className={page.cardHead}>
        <h2>
          {held.entry.sender ? named(held.entry.sender) : ''} → {named(held.client)}
        </h2>
        {held.entry.verdict?.policies.map((one) => (
          <Chip key={one.id} tone="nudge">
            {one.title}
          </Chip>
        ))}
        <span className={page.meta}>{moment(held.entry.at)}</span>
      </header>
      <div className={`${page.pad} ${css.form}`}>
        <p>{(held.entry.body as Body).text}</p>
        <TextField label={t('held.note')} value={note} onChange={setNote} maxLength={500} />
        <div className={css.inline}>
          <Button isDisabled={!note.trim()} onPress={() => decide.mutate('refuse')}>
            {t('held.refuse')}
          </Button>
          <Button kind="primary" onPress={() => decide.mutate('release')}>
            {t('held.release')}
          </Button>
        </div>
      </div>
    </section>
  );
}
