/** Exports, holds and destruction: what is asked for, how far it is, and who decides. */
import { useState } from 'react';
import { bytes, moment } from '../../../core/format';
import { t, type Word } from '../../../locales/archive';
import { Button, Chip, Code, PageState } from '../../../ui';
import { DataTable } from '../../../ui/DataTable';
import { Select } from '../../../ui/Select';
import { api, useMe } from '../../session';
import page from '../page.module.css';
import { Ask, type Given, Sure } from './Ask';
import { anyClient, between, clientOf, keep, Listed, useAct, useList, useNames } from './shared';

interface Export {
  id: string;
  state: 'queued' | 'running' | 'done' | 'failed' | 'deleted';
  format: string;
  client: string | null;
  client_number: string | null;
  asked_at: number;
  done: number;
  total: number;
  bytes: number;
  error: string;
  asked_by: string;
}
interface Hold {
  id: string;
  client: string | null;
  client_number: string | null;
  reason: string;
  basis: string;
  placed_by: string;
  placed_at: number;
  released_at: number | null;
}
interface Destruction {
  id: string;
  client: string;
  client_number: string | null;
  state: 'asked' | 'refused' | 'approved' | 'done';
  reason: string;
  asked_by: string;
  decided_by: string | null;
  asked_at: number;
  certificate: {
    keys: unknown[];
    rows: Record<string, number>;
    backups_gone_after_days: number;
  } | null;
}

/** The days between which records are wanted. */
const PERIOD = ['grant.from', 'grant.to'] as const;
const FORMATS = ['jsonl', 'csv', 'eml'].map((id) => ({ id, text: id.toUpperCase() }));
/** The client's number at the broker; once it is destroyed, the end of the pseudonym that stays on record. */
const whose = (one: { client: string | null; client_number: string | null }) =>
  one.client ? <Code>{one.client_number ?? `…${one.client.slice(-12)}`}</Code> : t('hold.all');

export function Exports() {
  const list = useList<Export>('exports', true);
  const me = useMe();
  const examiner = !me.roles.includes('supervisor');
  const [format, setFormat] = useState('jsonl');
  const ask = useAct(async (given: Given) =>
    api.post('/api/custody/exports', {
      format,
      client: await anyClient(given.client),
      purpose: given.purpose ?? '',
      ...between(given),
    }),
  );
  const dossier = useAct(async (given: Given) => {
    const answer = await api.file('/api/custody/dossiers', {
      client: await clientOf(given.client ?? ''),
      product: given.product ?? '',
      purpose: given.purpose ?? '',
      ...between(given),
    });
    keep(answer, `dossier-${given.client?.trim()}.zip`);
  });
  const take = useAct(async (one: Export) => {
    keep(await api.blob(`/api/custody/exports/${one.id}/file`), `export-${one.id}.zip`);
  });
  return (
    <div className={page.body}>
      <Ask
        title={t('part.exports')}
        text={t('exports.text')}
        act={t('ask.export')}
        fields={examiner ? ['client', ...PERIOD] : ['client', ...PERIOD, 'purpose']}
        days={PERIOD}
        optional={['client', ...PERIOD]}
        help={{ client: t('client.any') }}
        onAsk={(given, taken) => ask.mutate(given, { onSuccess: taken })}
      >
        <Select label={t('format')} value={format} onChange={setFormat} options={FORMATS} />
      </Ask>
      <Ask
        title={t('dossier')}
        text={t('dossier.text')}
        act={t('make')}
        fields={
          examiner ? ['client', 'product', ...PERIOD] : ['client', 'product', ...PERIOD, 'purpose']
        }
        days={PERIOD}
        optional={['product', ...PERIOD]}
        help={{ product: t('product.any') }}
        onAsk={(given, taken) => dossier.mutate(given, { onSuccess: taken })}
      />
      <Listed list={list}>
        {(rows) => (
          <DataTable
            caption={t('part.exports')}
            rows={rows}
            rowKey={(row) => row.id}
            empty={<PageState kind="empty" title={t('exports.none')} />}
            columns={[
              { id: 'at', head: t('at'), cell: (row) => moment(row.asked_at) },
              { id: 'format', head: t('format'), cell: (row) => row.format.toUpperCase() },
              { id: 'client', head: t('client'), cell: (row) => whose(row), grow: true },
              {
                id: 'state',
                head: t('state'),
                cell: (row) => (
                  <Chip
                    tone={row.state === 'done' ? 'go' : row.state === 'failed' ? 'stop' : 'plain'}
                    title={row.error}
                  >
                    {t(`state.${row.state}`, { done: row.done, total: row.total })}
                  </Chip>
                ),
              },
              { id: 'size', head: t('size'), cell: (row) => bytes(row.bytes), numeric: true },
              {
                id: 'take',
                head: '',
                cell: (row) =>
                  row.state === 'done' && row.asked_by === me.id ? (
                    <Button onPress={() => take.mutate(row)}>{t('take')}</Button>
                  ) : null,
              },
            ]}
          />
        )}
      </Listed>
    </div>
  );
}

export function Holds() {
  const list = useList<Hold>('holds');
  const names = useNames();
  const place = useAct(async (given: Given) =>
    api.post('/api/custody/holds', {
      client: await anyClient(given.client),
      reason: given['hold.reason'] ?? '',
      basis: given['hold.basis'] ?? '',
    }),
  );
  const release = useAct(({ one, reason }: { one: Hold; reason: string }) =>
    api.post(`/api/custody/holds/${one.id}/release`, { reason }),
  );
  return (
    <div className={page.body}>
      <Ask
        title={t('part.holds')}
        text={t('holds.text')}
        act={t('hold.place')}
        fields={['client', 'hold.reason', 'hold.basis']}
        optional={['client']}
        help={{ client: t('client.any') }}
        onAsk={(given, taken) => place.mutate(given, { onSuccess: taken })}
      />
      <Listed list={list}>
        {(rows) => (
          <DataTable
            caption={t('part.holds')}
            rows={rows}
            rowKey={(row) => row.id}
            empty={<PageState kind="empty" title={t('holds.none')} />}
            columns={[
              { id: 'at', head: t('at'), cell: (row) => moment(row.placed_at) },
              { id: 'client', head: t('client'), cell: (row) => whose(row) },
              { id: 'reason', head: t('hold.reason'), cell: (row) => row.reason, grow: true },
              { id: 'basis', head: t('hold.basis'), cell: (row) => row.basis },
              { id: 'who', head: t('hold.who'), cell: (row) => names.get(row.placed_by) ?? '–' },
              {
                id: 'state',
                head: t('state'),
                cell: (row) => (
                  <Chip tone={row.released_at ? 'plain' : 'nudge'}>
                    {t(row.released_at ? 'hold.over' : 'hold.open')}
                  </Chip>
                ),
              },
              {
                id: 'release',
                head: '',
                cell: (row) =>
                  row.released_at ? null : (
                    <Sure
                      act={t('hold.release')}
                      text={t('hold.release.text')}
                      fields={['hold.reason']}
                      onAsk={(given, taken) =>
                        release.mutate(
                          { one: row, reason: given['hold.reason'] ?? '' },
                          { onSuccess: taken },
                        )
                      }
                    />
                  ),
              },
            ]}
          />
        )}
      </Listed>
    </div>
  );
}

export function Destructions() {
  const list = useList<Destruction>('destructions', true);
  const names = useNames();
  const me = useMe();
  const ask = useAct(async (given: Given) =>
    api.post('/api/custody/destructions', {
      client: await clientOf(given.client ?? ''),
      reason: given['hold.reason'] ?? '',
    }),
  );
  const decide = useAct((given: { one: Destruction; approve: boolean; note: string }) =>
    api.post(`/api/custody/destructions/${given.one.id}/decide`, {
      approve: given.approve,
      note: given.note,
    }),
  );
  return (
    <div className={page.body}>
      <Ask
        title={t('part.destructions')}
        text={t('destructions.text')}
        act={t('destruction.ask')}
        fields={['client', 'hold.reason']}
        onAsk={(given, taken) => ask.mutate(given, { onSuccess: taken })}
      />
      <Listed list={list}>
        {(rows) => (
          <DataTable
            caption={t('part.destructions')}
            rows={rows}
            rowKey={(row) => row.id}
            empty={<PageState kind="empty" title={t('destructions.none')} />}
            columns={[
              { id: 'at', head: t('at'), cell: (row) => moment(row.asked_at) },
              { id: 'client', head: t('client'), cell: (row) => whose(row) },
              {
                id: 'reason',
                head: t('hold.reason'),
                cell: (row) => (row.certificate ? certified(row.certificate) : row.reason),
                grow: true,
              },
              {
                id: 'who',
                head: t('destruction.who'),
                cell: (row) =>
                  [row.asked_by, row.decided_by]
                    .flatMap((one) => (one ? [names.get(one) ?? '–'] : []))
                    .join(' → '),
              },
              { id: 'state', head: t('state'), cell: (row) => t(`state.${row.state}` as Word) },
              {
                id: 'decide',
                head: '',
                cell: (row) =>
                  row.state === 'asked' && row.asked_by !== me.id
                    ? ([true, false] as const).map((approve) => (
                        <Sure
                          key={String(approve)}
                          kind={approve ? undefined : 'ghost'}
                          act={t(approve ? 'approve' : 'refuse')}
                          text={t(approve ? 'approve.text' : 'refuse.text')}
                          fields={['note']}
                          optional={['note']}
                          onAsk={(given, taken) =>
                            decide.mutate(
                              { one: row, approve, note: given.note ?? '' },
                              { onSuccess: taken },
                            )
                          }
                        />
                      ))
                    : null,
              },
            ]}
          />
        )}
      </Listed>
    </div>
  );
}

const certified = (one: NonNullable<Destruction['certificate']>) =>
  t('certificate', {
    keys: one.keys.length,
    rows: Object.values(one.rows).reduce((sum, count) => sum + count, 0),
    days: one.backups_gone_after_days,
  });
