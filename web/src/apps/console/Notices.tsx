/** What left the house: which notice, to whom, how, and with what result. Never what was said. */
import { moment } from '../../core/format';
import { named } from '../../core/i18n';
import { t } from '../../locales/console';
import { Chip, Code, Coming, PageState, Segmented, useQuery as useAddress } from '../../ui';
import { DataTable } from '../../ui/DataTable';
import { iBell } from '../../ui/icons';
import { PageHead } from '../Shell';
import { More, useListing } from './listing';
import page from './page.module.css';

interface Notice {
  id: string;
  /** A client is told by his number at the broker alone. */
  to: { kind: string; ref: string; name: string; name_en: string } | null;
  channel: 'web_push' | 'webhook';
  reason: 'message' | 'offer' | 'connection' | 'slot' | 'duty' | 'capture' | 'review';
  state: 'queued' | 'sent' | 'failed' | 'skipped';
  attempts: number;
  detail: string;
  created_at: number;
}
const STATES = ['queued', 'sent', 'failed', 'skipped'] as const;
const tone = { queued: 'plain', sent: 'go', failed: 'stop', skipped: 'plain' } as const;

export default function Notices() {
  const [address, change] = useAddress();
  const state = address.get('state') ?? 'any';
  const list = useListing<Notice>('notices', '/api/notices', ['state']);
  const { rows } = list;
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
        <Coming of={list} />
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
                { id: 'to', head: t('notices.to'), cell: (row) => <To of={row.to} />, grow: true },
                {
                  id: 'channel',
                  head: t('notices.channel'),
                  cell: (row) => t(`notices.${row.channel}`),
                },
                {
                  id: 'reason',
                  head: t('notices.reason'),
                  cell: (row) => t(`notice.${row.reason}`),
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
            <More list={list} />
          </section>
        ) : null}
      </div>
    </>
  );
}

function To({ of }: { of: Notice['to'] }) {
  if (!of) return '–';
  return (
    <>
      {of.name ? <b>{named(of)}</b> : t('notices.client')} <Code>{of.ref || '–'}</Code>
    </>
  );
}
