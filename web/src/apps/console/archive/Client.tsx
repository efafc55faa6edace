/** One client as compliance keeps him: what is on record until when and why, what holds it, and restricting him. */
import { useQuery } from '@tanstack/react-query';
import { useState } from 'react';
import { isoDay, moment, number } from '../../../core/format';
import { t, type Word } from '../../../locales/archive';
import { Button, Chip, ErrorState, Loading, PageState, useQuery as useAddress } from '../../../ui';
import { DataTable } from '../../../ui/DataTable';
import { TextField } from '../../../ui/Fields';
import { api } from '../../session';
import page from '../page.module.css';
import form from '../staff.module.css';
import { Sure } from './Ask';
import css from './archive.module.css';
import { clientOf, Listed, useAct, useList } from './shared';

interface Kept {
  class: string;
  records: number;
  newest_at: number;
  until: number;
  source: string;
}
interface File {
  id: string;
  name: string;
  ref: string | null;
  status: 'active' | 'suspended' | 'left' | 'restricted';
  kept: Kept[];
  holds: { id: string; reason: string; basis: string; released_at: number | null }[];
}
interface Regime {
  class: string;
  months: number;
  source: string;
  note: string;
}

export function Client() {
  const [address, change] = useAddress();
  const id = address.get('client');
  const [typed, setTyped] = useState('');
  const find = useAct(async (text: string) => change({ client: await clientOf(text) }), true);
  return (
    <div className={page.body}>
      <form
        className={`${page.card} ${page.pad}`}
        onSubmit={(event) => {
          event.preventDefault();
          find.mutate(typed);
        }}
      >
        <div className={`${form.form} ${css.narrow}`}>
          <p className={page.meta}>{t('client.text')}</p>
          <TextField label={t('client')} value={typed} onChange={setTyped} maxLength={100} />
          <Button kind="primary" type="submit" isDisabled={!typed.trim()}>
            {t('client.open')}
          </Button>
        </div>
      </form>
      {id ? <One key={id} id={id} /> : null}
      <Regimes />
    </div>
  );
}

function One({ id }: { id: string }) {
  const one = useQuery({
    queryKey: ['custody', 'client', id],
    queryFn: () => api.get<File>(`/api/custody/clients/${id}`),
  });
  const restrict = useAct(({ basis }: { basis: string }) =>
    api.post(`/api/custody/clients/${id}/restrict`, { basis }),
  );
  if (one.isPending) return <Loading />;
  if (one.isError) return <ErrorState error={one.error} onRetry={() => void one.refetch()} />;
  const file = one.data;
  const held = file.holds.filter((hold) => !hold.released_at);
  return (
    <section className={page.card} aria-label={t('client.file')}>
      <header className={page.cardHead}>
        <h2>
          {file.name || '–'} <span className={page.meta}>{file.ref ?? ''}</span>
        </h2>
        <Chip tone={file.status === 'restricted' ? 'stop' : 'plain'}>
          {t(`client.${file.status}` as Word)}
        </Chip>
      </header>
      <div className={`${page.pad} ${page.stack}`}>
        {held.map((hold) => (
          <p key={hold.id}>
            <Chip tone="nudge">{t('part.holds')}</Chip> {hold.reason} · {hold.basis}
          </p>
        ))}
        {file.status === 'restricted' ? (
          <p className={page.meta}>{t('client.restricted.text')}</p>
        ) : (
          <Sure
            act={t('client.restrict')}
            text={t('client.restrict.text')}
            fields={['hold.basis']}
            onAsk={(given, taken) =>
              restrict.mutate({ basis: given['hold.basis'] ?? '' }, { onSuccess: taken })
            }
          />
        )}
      </div>
      <DataTable
        caption={t('client.file')}
        rows={file.kept}
        rowKey={(row) => row.class}
        empty={<PageState kind="empty" title={t('none')} />}
        columns={[
          { id: 'class', head: t('retention'), cell: (row) => t(`class.${row.class}` as Word) },
          { id: 'records', head: t('record'), cell: (row) => number(row.records), numeric: true },
          { id: 'newest', head: t('newest'), cell: (row) => moment(row.newest_at) },
          { id: 'until', head: t('until'), cell: (row) => isoDay(row.until) },
          { id: 'source', head: t('source'), cell: (row) => row.source, grow: true },
        ]}
      />
    </section>
  );
}

function Regimes() {
  const list = useList<Regime>('retention');
  return (
    <Listed list={list}>
      {(rows) => (
        <DataTable
          caption={t('regimes')}
          rows={rows}
          rowKey={(row) => row.class}
          empty={<PageState kind="empty" title={t('none')} />}
          columns={[
            { id: 'class', head: t('retention'), cell: (row) => t(`class.${row.class}` as Word) },
            {
              id: 'years',
              head: t('kept.for'),
              cell: (row) =>
                row.months % 12
                  ? t('months', { n: row.months })
                  : t('years', { n: row.months / 12 }),
            },
            { id: 'source', head: t('source'), cell: (row) => row.source, grow: true },
          ]}
        />
      )}
    </Listed>
  );
}
