/** Whether the record is whole: comparisons with the tables, capture, and the log's checkpoints in time. */
import { useQuery } from '@tanstack/react-query';
import { moment, number } from '../../../core/format';
import { orElse, t, type Word } from '../../../locales/archive';
import { Button, Chip, Code, ErrorState, Loading, PageState } from '../../../ui';
import { DataTable } from '../../../ui/DataTable';
import { api, useMe } from '../../session';
import page from '../page.module.css';
import css from './archive.module.css';
import { Listed, useAct, useList } from './shared';

interface Fault {
  what: string;
  table: string;
  key: string;
  fields: string[];
}
interface Audit {
  id: string;
  state: 'queued' | 'running' | 'done' | 'failed';
  asked_at: number;
  records: number;
  rows: number;
  faults: number;
  named: Fault[];
}
interface Health {
  stopped: boolean;
  /** Since when capture fails and why: `behind`, or what halted the log. */
  failing_since: number | null;
  reason: string;
  oldest_waiting_at: number | null;
  halt: string | null;
  halt_place: string | null;
  size: number;
  waiting: number;
  checkpoints: { size: number; leaves: number; root: string | null; at: number | null }[];
}

export function Audits() {
  const list = useList<Audit>('audits', true);
  const asking = useMe().roles.some((role) =>
    ['supervisor', 'operator', 'administrator'].includes(role),
  );
  const ask = useAct(() => api.post('/api/custody/audits'));
  return (
    <div className={page.body}>
      <section className={`${page.card} ${page.pad} ${page.stack}`}>
        <p className={page.meta}>{t('audits.text')}</p>
        {asking ? <Button onPress={() => ask.mutate(undefined)}>{t('audit.now')}</Button> : null}
      </section>
      <Listed list={list}>
        {(rows) => (
          <DataTable
            caption={t('part.audits')}
            rows={rows}
            rowKey={(row) => row.id}
            empty={<PageState kind="empty" title={t('audits.none')} />}
            columns={[
              { id: 'at', head: t('at'), cell: (row) => moment(row.asked_at) },
              { id: 'state', head: t('state'), cell: (row) => <Result of={row} /> },
              {
                id: 'compared',
                head: t('audit.scope'),
                cell: (row) =>
                  t('audit.compared', { records: number(row.records), rows: number(row.rows) }),
              },
              {
                id: 'named',
                head: t('audit.named'),
                cell: (row) => <Named faults={row.named} />,
                grow: true,
              },
            ]}
          />
        )}
      </Listed>
    </div>
  );
}

function Result({ of }: { of: Audit }) {
  if (of.state !== 'done') {
    return <Chip>{t(`state.${of.state}`, { done: of.records, total: of.rows })}</Chip>;
  }
  return of.faults ? (
    <Chip tone="stop">{t('audit.faults', { n: of.faults })}</Chip>
  ) : (
    <Chip tone="go">{t('audit.ok')}</Chip>
  );
}

function Named({ faults }: { faults: Fault[] }) {
  if (!faults.length) return '–';
  return faults.slice(0, 5).map((one) => (
    <div key={`${one.what}${one.table}${one.key}`}>
      {t(`what.${one.what}` as Word)} <Code>{one.table}</Code> {one.key} {one.fields.join(', ')}
    </div>
  ));
}

/** Why capture fails, and what to do: a log that is merely behind catches up, a halted one needs somebody. */
function Why({ health }: { health: Health }) {
  const { failing_since: since, halt, oldest_waiting_at: oldest } = health;
  const reason = halt ?? health.reason;
  if (!reason) return null;
  return (
    <div className={page.pad} role="status">
      <p>
        {halt ? t('capture.halted') : t('capture.behind')}{' '}
        {since ? t('capture.since', { at: moment(since) }) : null}
      </p>
      {halt ? <p>{orElse(`halt.${halt}`, 'halt.other')}</p> : null}
      {halt ? (
        <p className={page.meta}>
          <Code>
            {halt}: {health.halt_place}
          </Code>
        </p>
      ) : null}
      {oldest ? <p className={page.meta}>{t('capture.oldest', { at: moment(oldest) })}</p> : null}
    </div>
  );
}

export function Log() {
  const health = useQuery({
    queryKey: ['custody', 'health'],
    queryFn: () => api.get<Health>('/api/custody/health'),
    refetchInterval: 5_000,
  });
  if (health.isPending) return <Loading />;
  if (health.isError) {
    return <ErrorState error={health.error} onRetry={() => void health.refetch()} />;
  }
  const { data } = health;
  const most = Math.max(1, ...data.checkpoints.map((one) => one.leaves));
  return (
    <div className={page.body}>
      <section className={page.card}>
        <header className={page.cardHead}>
          <h2>{t(data.stopped ? 'capture.stopped' : 'capture.ok')}</h2>
          <Chip tone={data.stopped ? 'stop' : 'go'}>
            {t('log.size')} {number(data.size)}
          </Chip>
          <Chip>
            {t('log.waiting')} {number(data.waiting)}
          </Chip>
        </header>
        <Why health={data} />
        <DataTable
          caption={t('log.timeline')}
          rows={data.checkpoints}
          rowKey={(row) => String(row.size)}
          empty={
            <PageState kind="empty" title={t('log.none')}>
              {t('log.none.text')}
            </PageState>
          }
          columns={[
            { id: 'at', head: t('at'), cell: (row) => (row.at ? moment(row.at) : '–') },
            { id: 'size', head: t('log.size'), cell: (row) => number(row.size), numeric: true },
            {
              id: 'leaves',
              head: t('log.added'),
              cell: (row) => (
                <span className={css.added}>
                  <span aria-hidden="true">
                    <i style={{ width: `${(100 * row.leaves) / most}%` }} />
                  </span>
                  +{number(row.leaves)}
                </span>
              ),
            },
            {
              id: 'root',
              head: t('log.root'),
              cell: (row) => <Code>{row.root ?? '–'}</Code>,
              grow: true,
            },
          ]}
        />
      </section>
    </div>
  );
}
