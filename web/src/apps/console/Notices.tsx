/** What left the house: which notice, to whom, how, and with what result. Never what was said. */
import { useInfiniteQuery } from '@tanstack/react-query';
import { moment } from '../../core/format';
import { t } from '../../locales/console';
import { Chip, ErrorState, Loading, PageState, Segmented, useQuery as useAddress } from '../../ui';
import { DataTable } from '../../ui/DataTable';
import { iBell } from '../../ui/icons';
import { Pager } from '../../ui/Pager';
import { PageHead } from '../Shell';
import { api } from '../session';
import page from './page.module.css';

interface Notice {
  id: string;
  person?: { id: string; name: string } | null;
  channel: 'web_push' | 'webhook';
  reason: 'message' | 'offer' | 'connection' | 'slot' | 'duty';
  state: 'queued' | 'sent' | 'failed' | 'skipped';
  attempts: number;
  detail: string;
  created_at: number;
}
interface Listing {
  items: Notice[];
  next: string | null;
}

const STATES = ['queued', 'sent', 'failed', 'skipped'] as const;
const tone = { queued: 'plain', sent: 'go', failed: 'stop', skipped: 'plain' } as const;

export default function Notices() {
  const [address, change] = useAddress();
  const state = address.get('state') ?? 'any';
  const list = useInfiniteQuery({
    queryKey: ['notices', state],
    queryFn: ({ pageParam }) =>
      api.get<Listing>('/api/notices', {
        limit: 50,
        state: state === 'any' ? undefined : state,
        after: pageParam || undefined,
      }),
    initialPageParam: '',
    getNextPageParam: (last) => last.next,
  });
  const rows = list.data?.pages.flatMap((part) => part.items) ?? [];
  return (
    <>
      <PageHead title={t('nav.notices')}>
        <Segmented
          label={t('staff.state')}
          selected={state}
          onSelect={(id) => change({ state: id === 'any' ? null : id })}
          options={[
            { id: 'any', text: t('any') },
            ...STATES.map((id) => ({ id, text: t(`notice.${id}`) })),
          ]}
        />
      </PageHead>
      <div className={page.body}>
        {list.isPending ? <Loading /> : null}
        {list.isError ? (
          <ErrorState error={list.error} onRetry={() => void list.refetch()} />
        ) : null}
        {list.data ? (
          <section className={page.card}>
            <DataTable
              caption={t('nav.notices')}
              rows={rows}
              rowKey={(row) => row.id}
              empty={
                <PageState kind="empty" icon={iBell} title={t('notices.none')}>
                  {t('notices.none.text')}
                </PageState>
              }
              columns={[
                { id: 'at', head: t('decisions.at'), cell: (row) => moment(row.created_at) },
                {
                  id: 'channel',
                  head: t('notices.channel'),
                  cell: (row) => t(`notices.${row.channel}`),
                },
                {
                  id: 'reason',
                  head: t('notices.reason'),
                  cell: (row) => t(`notice.${row.reason}`),
                  grow: true,
                },
                {
                  id: 'state',
                  head: t('staff.state'),
                  cell: (row) => <Chip tone={tone[row.state]}>{t(`notice.${row.state}`)}</Chip>,
                },
                {
                  id: 'attempts',
                  head: t('notices.attempts'),
                  cell: (row) => row.attempts,
                  numeric: true,
                },
                { id: 'detail', head: t('notices.detail'), cell: (row) => row.detail || '–' },
              ]}
            />
            {rows.length ? (
              <Pager
                shown={rows.length}
                more={list.hasNextPage}
                busy={list.isFetchingNextPage}
                onMore={() => void list.fetchNextPage()}
              />
            ) : null}
          </section>
        ) : null}
      </div>
    </>
  );
}
