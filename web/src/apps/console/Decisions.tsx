/** Why this advisor: decisions as they were stored when they were taken, with every refused candidate. */
import { useQuery } from '@tanstack/react-query';
import { moment, number } from '../../core/format';
import { lookup, named } from '../../core/i18n';
import { t } from '../../locales/console';
import { Chip, ErrorState, Loading, PageState, useQuery as useAddress } from '../../ui';
import { DataTable } from '../../ui/DataTable';
import { PageHead } from '../Shell';
import { api } from '../session';
import { More, useListing, WorldSwitch } from './listing';
import page from './page.module.css';

interface Candidate {
  staff: string;
  name: string | null;
  name_en?: string | null;
  score: number | null;
  parts: Record<string, number>;
  chosen: boolean;
  refused: { constraint: string; detail: string } | null;
}
interface Decision {
  id: string;
  request: string;
  at: number;
  stage: string;
  mode: string;
  chosen: string[];
  policy_version: string;
  candidates: Candidate[];
  topic?: string;
  capability?: string;
  state?: string;
}

export default function Decisions() {
  const [address, change] = useAddress();
  const request = address.get('request');
  const chosen = address.get('id');
  const list = useListing<Decision>('decisions', '/api/decisions', ['environment'], {}, !request);
  const one = useQuery({
    queryKey: ['decision', request],
    queryFn: () => api.get<{ items: Decision[] }>(`/api/requests/${request}/decision`),
    enabled: Boolean(request),
  });
  const rows = request ? (one.data?.items ?? []) : list.rows;
  const failed = request ? one : list;
  const open = rows.find((row) => row.id === chosen) ?? (request ? rows[0] : undefined);
  return (
    <>
      <PageHead title={t('nav.decisions')}>
        {request ? (
          <button
            type="button"
            className={page.link}
            onClick={() => change({ request: null, id: null })}
          >
            {t('decisions.all')}
          </button>
        ) : (
          <WorldSwitch drop={['id']} />
        )}
      </PageHead>
      <div className={page.body}>
        {failed.isLoading ? <Loading /> : null}
        {failed.isError ? (
          <ErrorState error={failed.error} onRetry={() => void failed.refetch()} />
        ) : null}
        {!failed.isLoading && !failed.isError ? (
          <div className={`${page.split} ${open ? page.open : ''}`}>
            <section className={page.card}>
              <DataTable
                caption={t('decisions.caption')}
                rows={rows}
                rowKey={(row) => row.id}
                selected={open?.id ?? null}
                onSelect={(row) => change({ id: row.id })}
                empty={<PageState kind="empty" title={t('decisions.empty')} />}
                columns={[
                  { id: 'at', head: t('decisions.at'), cell: (row) => moment(row.at) },
                  ...(request ? [] : [TOPIC]),
                  {
                    id: 'mode',
                    head: t('decisions.mode'),
                    cell: (row) => t(`mode.${row.mode}` as 'mode.own'),
                    grow: true,
                  },
                  {
                    id: 'chosen',
                    head: t('decisions.chosen'),
                    cell: (row) => row.chosen.length || '–',
                    numeric: true,
                  },
                  {
                    id: 'refused',
                    head: t('decisions.refused'),
                    cell: (row) => row.candidates.filter((each) => each.refused).length || '–',
                    numeric: true,
                  },
                  {
                    id: 'policy',
                    head: t('decisions.policy'),
                    cell: (row) => row.policy_version,
                  },
                ]}
              />
              {request ? null : <More list={list} />}
            </section>
            {open ? <Explained decision={open} /> : null}
          </div>
        ) : null}
      </div>
    </>
  );
}

const TOPIC = {
  id: 'topic',
  get head() {
    return t('decisions.topic');
  },
  cell: (row: Decision) => (row.topic ? t(`topic.${row.topic}` as 'topic.fund') : '–'),
};

/** A stored detail in words; what has none, such as 3/4 of capacity, stands as it is. */
const detail = (kept: string): string =>
  kept
    .split(':')
    .map((part) => lookup(`detail.${part}`) ?? lookup(`licence.type.${part}`) ?? part)
    .join(t('detail.of'));

function Explained({ decision }: { decision: Decision }) {
  const sorted = [...decision.candidates].sort(
    (a, b) => Number(b.chosen) - Number(a.chosen) || (b.score ?? -99) - (a.score ?? -99),
  );
  return (
    <aside className={`${page.card} ${page.side}`} aria-label={t('decisions.why')}>
      <header className={page.cardHead}>
        <h2>{t('decisions.why')}</h2>
        <span className={page.meta}>{t('decisions.kept')}</span>
      </header>
      {sorted.length === 0 ? (
        <p className={`${page.pad} ${page.meta}`}>{t('decisions.nobody')}</p>
      ) : null}
      <div className={page.list}>
        {sorted.map((each, place) => (
          <div key={each.staff} className={page.item}>
            <span className={page.itemTop}>
              <b>
                {each.name
                  ? named({ ...each, name: each.name })
                  : t('decisions.nameless', { n: place + 1 })}
              </b>
              {each.chosen ? <Chip tone="go">{t('decisions.picked')}</Chip> : null}
              {each.refused ? (
                <Chip tone="nudge">
                  {t(`constraint.${each.refused.constraint}` as 'constraint.licence')}
                </Chip>
              ) : null}
              {!each.chosen && !each.refused && each.score !== null ? (
                <span className={page.figure}>{number(each.score, 2)}</span>
              ) : null}
            </span>
            {each.refused ? (
              <span className={page.meta}>{detail(each.refused.detail)}</span>
            ) : (
              <span className={page.meta}>
                {Object.entries(each.parts)
                  .filter(([, value]) => value !== 0)
                  .map(
                    ([part, value]) => `${t(`part.${part}` as 'part.skill')} ${number(value, 2)}`,
                  )
                  .join(' · ')}
              </span>
            )}
          </div>
        ))}
      </div>
    </aside>
  );
}
