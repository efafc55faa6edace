/** The connection funnel: how many clients have a person, and how far that has come. */
import { useQuery } from '@tanstack/react-query';
import { percent } from '../../core/format';
import { t } from '../../locales/console';
import { Coming, PageState, Segmented, useQuery as useAddress } from '../../ui';
import { DataTable } from '../../ui/DataTable';
import { PageHead } from '../Shell';
import { api } from '../session';
import css from './funnel.module.css';
import { useWorld, WorldSwitch } from './listing';
import page from './page.module.css';

interface Counts {
  assigned: number;
  never_met: number;
  connected: number;
  activated: number;
  active: number;
  dormant: number;
  lost: number;
}
interface Row extends Counts {
  id: string | null;
  name: string;
}
interface FunnelData extends Counts {
  by: string;
  dormant_days: number;
  items: Row[];
}

const STEPS = ['assigned', 'connected', 'activated', 'active'] as const;
const COLUMNS = [...STEPS, 'never_met', 'dormant', 'lost'] as const;

export default function Funnel() {
  const [address, change] = useAddress();
  const by = address.get('by') ?? 'branch';
  const environment = useWorld();
  const sort = address.get('sort') ?? 'assigned';
  const up = address.get('up') === '1';
  const funnel = useQuery({
    queryKey: ['funnel', by, environment],
    queryFn: () => api.get<FunnelData>(`/api/funnel?by=${by}&environment=${environment}`),
    refetchInterval: 15_000,
  });
  const rows = [...(funnel.data?.items ?? [])].sort((a, b) => {
    const key = sort as keyof Counts;
    return up ? a[key] - b[key] : b[key] - a[key];
  });
  return (
    <>
      <PageHead title={t('nav.funnel')}>
        <Segmented
          label={t('funnel.by')}
          selected={by}
          onSelect={(id) => change({ by: id === 'branch' ? null : id })}
          options={[
            { id: 'branch', text: t('branch') },
            { id: 'advisor', text: t('advisor') },
          ]}
        />
        <WorldSwitch />
      </PageHead>
      <div className={page.body}>
        <Coming of={funnel} />
        {funnel.data && funnel.data.assigned === 0 ? (
          <PageState kind="empty" title={t('funnel.empty.title')}>
            {t('funnel.empty.text')}
          </PageState>
        ) : null}
        {funnel.data && funnel.data.assigned > 0 ? (
          <>
            <Steps data={funnel.data} />
            <section className={page.card}>
              <DataTable
                caption={t('funnel.table')}
                rows={rows}
                rowKey={(row) => row.id ?? row.name}
                sorting={{ column: sort, descending: !up }}
                onSort={(next) => change({ sort: next.column, up: next.descending ? null : '1' })}
                columns={[
                  {
                    id: 'name',
                    head: by === 'branch' ? t('branch') : t('advisor'),
                    cell: (row) => row.name,
                    grow: true,
                  },
                  ...COLUMNS.map((key) => ({
                    id: key,
                    head: t(`funnel.${key}`),
                    cell: (row: Row) => (row[key] ? row[key] : '–'),
                    numeric: true,
                    sortable: true,
                  })),
                  {
                    id: 'rate',
                    head: t('funnel.rate'),
                    cell: (row: Row) =>
                      row.assigned ? percent(row.connected / row.assigned) : '–',
                    numeric: true,
                  },
                ]}
              />
            </section>
          </>
        ) : null}
      </div>
    </>
  );
}

function Steps({ data }: { data: FunnelData }) {
  return (
    <section className={page.card} aria-label={t('nav.funnel')}>
      <ol className={css.steps}>
        {STEPS.map((key, index) => {
          const before = index ? data[STEPS[index - 1] as keyof Counts] : data.assigned;
          return (
            <li key={key}>
              <span className={css.head}>
                <span className={css.term}>{t(`funnel.${key}`)}</span>
                <b>{data[key]}</b>
                <span className={page.meta}>
                  {index && before ? `${percent(data[key] / before)} · ` : ''}
                  {t(`funnel.${key}.means`, { days: data.dormant_days })}
                </span>
              </span>
              <span className={css.track}>
                <span
                  className={css.fill}
                  style={{ width: `${data.assigned ? (data[key] / data.assigned) * 100 : 0}%` }}
                />
              </span>
            </li>
          );
        })}
      </ol>
      <dl className={css.aside}>
        {(['never_met', 'dormant', 'lost'] as const).map((key) => (
          <div key={key}>
            <dt>
              {t(`funnel.${key}`)}
              <span className={page.meta}>
                {t(`funnel.${key}.means`, { days: data.dormant_days })}
              </span>
            </dt>
            <dd>{data[key]}</dd>
          </div>
        ))}
      </dl>
    </section>
  );
}
