/** Exports, holds and destruction: what is asked for, how far it is, and who decides. */
import { type ReactNode, useState } from 'react';
import { bytes, moment } from '../../../core/format';
import { t, type Word } from '../../../locales/archive';
import { Button, Chip, Code, PageState } from '../../../ui';
import { DataTable } from '../../../ui/DataTable';
import { TextField } from '../../../ui/Fields';
import { Select } from '../../../ui/Select';
import { api, useMe } from '../../session';
import page from '../page.module.css';
import form from '../staff.module.css';
import { keep, Listed, useAct, useList } from './shared';

interface Export {
  id: string;
  state: 'queued' | 'running' | 'done' | 'failed' | 'deleted';
  format: string;
  client: string | null;
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
  reason: string;
  basis: string;
  placed_at: number;
  released_at: number | null;
}
interface Destruction {
  id: string;
  client: string;
  state: 'asked' | 'refused' | 'approved' | 'done';
  reason: string;
  asked_by: string;
  asked_at: number;
  certificate: {
    keys: unknown[];
    rows: Record<string, number>;
    backups_gone_after_days: number;
  } | null;
}

const FORMATS = ['jsonl', 'csv', 'eml'].map((id) => ({ id, text: id.toUpperCase() }));
const short = (id: string | null) => (id ? <Code>{id.slice(-12)}</Code> : t('hold.all'));

/** A few fields and one button. */
function Ask(props: {
  title: string;
  text: string;
  act: string;
  fields: Word[];
  onAsk: (given: Record<string, string>) => void;
  children?: ReactNode;
}) {
  const [given, setGiven] = useState<Record<string, string>>({});
  return (
    <form
      className={page.card}
      onSubmit={(event) => {
        event.preventDefault();
        props.onAsk(given);
      }}
    >
      <header className={page.cardHead}>
        <h2>{props.title}</h2>
      </header>
      <div className={`${page.pad} ${form.form}`}>
        <p className={page.meta}>{props.text}</p>
        {props.children}
        {props.fields.map((name) => (
          <TextField
            key={name}
            label={t(name)}
            value={given[name] ?? ''}
            onChange={(text) => setGiven({ ...given, [name]: text })}
            maxLength={500}
          />
        ))}
        <Button kind="primary" type="submit">
          {props.act}
        </Button>
      </div>
    </form>
  );
}

export function Exports() {
  const list = useList<Export>('exports', true);
  const me = useMe();
  const [format, setFormat] = useState('jsonl');
  const ask = useAct((given: Record<string, string>) =>
    api.post('/api/custody/exports', {
      format,
      client: given.client?.trim() || null,
      purpose: given.purpose ?? '',
    }),
  );
  const dossier = useAct(async (given: Record<string, string>) => {
    const answer = await api.file('/api/custody/dossiers', {
      client: given.client?.trim(),
      product: given.product ?? '',
      purpose: given.purpose ?? '',
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
        fields={['client', 'purpose']}
        onAsk={ask.mutate}
      >
        <Select label={t('format')} value={format} onChange={setFormat} options={FORMATS} />
      </Ask>
      <Ask
        title={t('dossier')}
        text={t('dossier.text')}
        act={t('make')}
        fields={['client', 'product', 'purpose']}
        onAsk={dossier.mutate}
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
              { id: 'client', head: t('client'), cell: (row) => short(row.client), grow: true },
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
  const place = useAct((given: Record<string, string>) =>
    api.post('/api/custody/holds', {
      client: given.client?.trim() || null,
      reason: given['hold.reason'] ?? '',
      basis: given['hold.basis'] ?? '',
    }),
  );
  const release = useAct((one: Hold) =>
    api.post(`/api/custody/holds/${one.id}/release`, { reason: t('hold.over') }),
  );
  return (
    <div className={page.body}>
      <Ask
        title={t('part.holds')}
        text={t('holds.text')}
        act={t('hold.place')}
        fields={['client', 'hold.reason', 'hold.basis']}
        onAsk={place.mutate}
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
              { id: 'client', head: t('client'), cell: (row) => short(row.client) },
              { id: 'reason', head: t('hold.reason'), cell: (row) => row.reason, grow: true },
              { id: 'basis', head: t('hold.basis'), cell: (row) => row.basis },
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
                    <Button onPress={() => release.mutate(row)}>{t('hold.release')}</Button>
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
  const me = useMe();
  const ask = useAct((given: Record<string, string>) =>
    api.post('/api/custody/destructions', {
      client: given.client?.trim(),
      reason: given['hold.reason'] ?? '',
    }),
  );
  const decide = useAct(({ one, approve }: { one: Destruction; approve: boolean }) =>
    api.post(`/api/custody/destructions/${one.id}/decide`, { approve }),
  );
  return (
    <div className={page.body}>
      <Ask
        title={t('part.destructions')}
        text={t('destructions.text')}
        act={t('destruction.ask')}
        fields={['client', 'hold.reason']}
        onAsk={ask.mutate}
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
              { id: 'client', head: t('client'), cell: (row) => short(row.client) },
              {
                id: 'reason',
                head: t('hold.reason'),
                cell: (row) => (row.certificate ? certified(row.certificate) : row.reason),
                grow: true,
              },
              { id: 'state', head: t('state'), cell: (row) => t(`state.${row.state}` as Word) },
              {
                id: 'decide',
                head: '',
                cell: (row) =>
                  row.state === 'asked' && row.asked_by !== me.id ? (
                    <>
                      <Button onPress={() => decide.mutate({ one: row, approve: true })}>
                        {t('approve')}
                      </Button>{' '}
                      <Button
                        kind="ghost"
                        onPress={() => decide.mutate({ one: row, approve: false })}
                      >
                        {t('refuse')}
                      </Button>
                    </>
                  ) : null,
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
