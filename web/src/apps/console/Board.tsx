/** The live board: the waiting set against the free, lane by lane; every number opens its list. */
import { keepPreviousData, useQuery } from '@tanstack/react-query';
import { clock, duration, percent } from '../../core/format';
import { t } from '../../locales/console';
import { ErrorState, IconButton, Loading, PageState, useQuery as useAddress } from '../../ui';
import { KpiTile } from '../../ui/figures';
import { iX } from '../../ui/icons';
import { PageHead } from '../Shell';
import { api, useMe } from '../session';
import { queries } from '../start';
import css from './board.module.css';
import { Lanes } from './Lanes';
import { chosenWorld, useWorld, WorldSwitch } from './listing';
import page from './page.module.css';
import { RehearsalSwitch } from './RehearsalSwitch';

export interface Named {
  id: string;
  name: string;
}
export interface Lane {
  branch: Named | null;
  topic: string;
  waiting: number;
  oldest_s: number | null;
  free: number;
}
interface Step {
  at: number;
  opened: number;
  accepted: number;
  abandoned: number;
  waiting: number;
}
interface BoardData {
  at: number;
  waiting: number;
  oldest_s: number | null;
  fill_rate: number | null;
  free: number;
  on_duty: number;
  first_response: { p50_s: number | null; p95_s: number | null; count: number };
  abandoned: number;
  opened: number;
  lanes: Lane[];
  /** Advisors who are free now, each once, by branch. */
  branches: { branch: Named | null; free: number }[];
  series: Step[];
}

const WAITING = ['waiting', 'held', 'offered', 'pooled'];

/** Seconds of waiting above which a bar turns amber, then red. */
export const DUE_S = 60;
export const LATE_S = 120;

/** 2:14, of seconds; "–" where there is none. */
export const stopwatch = (seconds: number | null): string =>
  seconds === null
    ? '–'
    : `${Math.floor(seconds / 60)}:${String(Math.floor(seconds % 60)).padStart(2, '0')}`;

const figures = (environment: string) => ({
  queryKey: ['board', environment],
  queryFn: () => api.get<BoardData>(`/api/board?environment=${environment}`),
});

export const begin = () =>
  queries.prefetchQuery({
    ...figures(chosenWorld(new URLSearchParams(location.search))),
    retry: false,
  });

export default function Board() {
  const me = useMe();
  const [address, change] = useAddress();
  const environment = useWorld();
  const kind = address.get('list');
  const board = useQuery({
    ...figures(environment),
    refetchInterval: 2_000,
    placeholderData: keepPreviousData,
  });
  const open = (list: string) => change({ list, branch: null, topic: null });
  return (
    <>
      <PageHead title={t('nav.board')}>
        {board.data ? (
          <span className={page.meta}>{t('board.at', { at: clock(board.data.at) })}</span>
        ) : null}
        {me.demo ? <RehearsalSwitch /> : null}
        <WorldSwitch drop={['list']} />
      </PageHead>
      <div className={page.body}>
        {board.isPending ? <Loading /> : null}
        {board.isError && !board.data ? (
          <ErrorState error={board.error} onRetry={() => void board.refetch()} />
        ) : null}
        {board.data ? (
          <>
            <Figures board={board.data} onOpen={open} />
            <div className={`${page.split} ${kind ? page.open : ''}`}>
              <Lanes
                lanes={board.data.lanes}
                branches={board.data.branches}
                free={board.data.free}
                selected={`${address.get('branch') ?? ''}/${address.get('topic') ?? ''}`}
                onSelect={(lane) =>
                  change({ list: 'waiting', branch: lane.branch?.id ?? null, topic: lane.topic })
                }
              />
              {kind ? (
                <Behind
                  kind={kind}
                  branch={address.get('branch')}
                  topic={address.get('topic')}
                  environment={environment}
                  onClose={() => change({ list: null, branch: null, topic: null })}
                />
              ) : null}
            </div>
            <Series steps={board.data.series} />
          </>
        ) : null}
      </div>
    </>
  );
}

function Figures({ board, onOpen }: { board: BoardData; onOpen: (list: string) => void }) {
  const { oldest_s, fill_rate, first_response } = board;
  const late = oldest_s !== null && oldest_s > LATE_S;
  return (
    <section className={page.tiles} aria-label={t('board.figures')}>
      <KpiTile
        label={t('board.waiting')}
        value={String(board.waiting)}
        note={t('board.waiting.note', { n: board.opened })}
        trend={board.series.map((step) => step.waiting)}
        onOpen={() => onOpen('waiting')}
      />
      <KpiTile
        label={t('board.oldest')}
        value={stopwatch(oldest_s)}
        missed={late}
        note={t('board.oldest.note')}
        onOpen={() => onOpen('waiting')}
      />
      <KpiTile
        label={t('board.fill')}
        value={fill_rate === null ? '–' : percent(fill_rate, 1)}
        missed={fill_rate !== null && fill_rate < 0.9}
        note={t('board.fill.note')}
        trend={board.series.map((step) => step.accepted)}
        onOpen={() => onOpen('accepted')}
      />
      <KpiTile
        label={t('board.free')}
        value={String(board.free)}
        unit={`/ ${board.on_duty}`}
        note={t('board.free.note')}
        onOpen={() => onOpen('on_duty')}
      />
      <KpiTile
        label={t('board.first')}
        value={first_response.p50_s === null ? '–' : duration(first_response.p50_s)}
        note={
          first_response.p95_s === null
            ? t('board.first.none')
            : t('board.first.note', {
                p95: duration(first_response.p95_s),
                n: first_response.count,
              })
        }
        onOpen={() => onOpen('accepted')}
      />
      <KpiTile
        label={t('board.abandoned')}
        value={String(board.abandoned)}
        note={
          board.opened
            ? t('board.abandoned.note', { share: percent(board.abandoned / board.opened, 1) })
            : t('board.none')
        }
        trend={board.series.map((step) => step.abandoned)}
        onOpen={() => onOpen('abandoned')}
      />
    </section>
  );
}

interface Row {
  request?: string;
  branch: Named | null;
  topic?: string;
  topics?: string[];
  state?: string;
  waiting_since?: number;
  advisor: Named | null;
  status?: string;
  used?: number;
  capacity?: number;
}

function Behind(props: {
  kind: string;
  branch: string | null;
  topic: string | null;
  environment: string;
  onClose: () => void;
}) {
  const { kind, branch, topic, environment, onClose } = props;
  const query = new URLSearchParams({ kind, environment });
  if (branch) query.set('branch', branch);
  if (topic) query.set('topic', topic);
  const found = useQuery({
    queryKey: ['board', 'list', query.toString()],
    queryFn: () => api.get<{ items: Row[] }>(`/api/board/list?${query}`),
    refetchInterval: 2_000,
    placeholderData: keepPreviousData,
  });
  const title = topic
    ? t('board.lane', { topic: t(`topic.${topic}` as 'topic.fund') })
    : t(`board.list.${kind}` as 'board.list.waiting');
  return (
    <aside className={`${page.card} ${page.side}`} aria-label={title}>
      <header className={page.cardHead}>
        <h2>{title}</h2>
        <IconButton icon={iX} label={t('close')} onPress={onClose} />
      </header>
      {found.isPending ? <Loading rows={3} /> : null}
      {found.isError ? (
        <ErrorState error={found.error} onRetry={() => void found.refetch()} />
      ) : null}
      {found.data?.items.length === 0 ? (
        <PageState kind="empty" title={t('board.list.none')} />
      ) : null}
      <div className={page.list}>
        {found.data?.items.map((row) => (
          <BehindRow key={row.request ?? row.advisor?.id} row={row} />
        ))}
      </div>
    </aside>
  );
}

function BehindRow({ row }: { row: Row }) {
  if (!row.request) {
    return (
      <div className={page.item}>
        <span className={page.itemTop}>
          <b>{row.advisor?.name}</b>
          <span className={page.figure}>
            {row.used}/{row.capacity}
          </span>
        </span>
        <span className={page.meta}>
          {row.branch?.name} · {t(`presence.${row.status}` as 'presence.online')}
        </span>
      </div>
    );
  }
  const waits = WAITING.includes(row.state ?? '');
  const since = row.waiting_since ?? null;
  const waited = waits && since ? (Date.now() - since) / 1000 : null;
  const tone =
    waited !== null && waited > LATE_S
      ? page.late
      : waited !== null && waited > DUE_S
        ? page.due
        : '';
  return (
    <div className={page.item}>
      <span className={page.itemTop}>
        <b>{t(`topic.${row.topic}` as 'topic.fund')}</b>
        {waits ? (
          <span className={`${page.figure} ${tone}`}>{stopwatch(waited)}</span>
        ) : (
          <span className={page.meta}>{since ? clock(since) : '–'}</span>
        )}
      </span>
      <span className={page.itemTop}>
        <span className={page.meta}>
          {row.branch?.name ?? t('board.nobranch')} ·{' '}
          {t(`request.${row.state}` as 'request.waiting')}
          {row.advisor ? ` · ${row.advisor.name}` : ''}
        </span>
        <a href={`/console/decisions?request=${row.request}`}>{t('board.why')}</a>
      </span>
    </div>
  );
}

function Series({ steps }: { steps: Step[] }) {
  const most = Math.max(1, ...steps.map((step) => Math.max(step.accepted, step.abandoned)));
  return (
    <section className={page.card}>
      <header className={page.cardHead}>
        <h2>{t('board.series')}</h2>
        <span className={page.meta}>{t('board.series.note')}</span>
      </header>
      {steps.some((step) => step.opened || step.accepted || step.abandoned) ? (
        <div className={css.series} role="img" aria-label={t('board.series')}>
          {steps.map((step) => (
            <span
              key={step.at}
              className={css.step}
              title={t('board.step', {
                at: clock(step.at),
                accepted: step.accepted,
                abandoned: step.abandoned,
              })}
            >
              <b style={{ height: `${(step.abandoned / most) * 40}%` }} />
              <i style={{ height: `${(step.accepted / most) * 60}%` }} />
            </span>
          ))}
        </div>
      ) : (
        <p className={`${page.meta} ${page.pad}`}>{t('board.series.none')}</p>
      )}
    </section>
  );
}
