/** The left pane: my state, search, my conversations or the pool, offers on top. */
import { lazy, memo, Suspense, useDeferredValue, useState } from 'react';
import { useChanges } from '../../../chat/hooks';
import { t } from '../../../locales/desk';
import { ErrorState, Loading, PageState, SearchField, Segmented } from '../../../ui';
import { iChat, iSearch } from '../../../ui/icons';
import { useWide } from '../../../ui/useWide';
import { useMe } from '../../session';
import { isLater, usePool, useRows } from '../data';
import { isTyping, live } from '../line';
import { OfferCards } from '../offer/OfferCards';
import css from './ListPane.module.css';
import { MessageHits } from './MessageHits';
import { MyState } from './MyState';
import { Row } from './Row';
import { VirtualList } from './VirtualList';

const PoolList = lazy(() => import('../pool/PoolList').then((m) => ({ default: m.PoolList })));

type View = 'open' | 'pool' | 'later' | 'closed';

/** Drawn anew for what it shows itself, not for what is pressed or written beside it. */
export const ListPane = memo(function ListPane({ current }: { current: string | null }) {
  const [view, setView] = useState<View>('open');
  const [typed, setTyped] = useState('');
  const q = useDeferredValue(typed.trim());
  const rows = useRows('open');
  const pool = usePool();
  const wide = useWide(768);
  const all = rows.data?.items ?? [];
  const later = all.filter(isLater).length;
  const options = [
    { id: 'open', text: t('list.mine', { n: all.length - later }) },
    ...(wide ? [{ id: 'pool', text: t('list.pool', { n: pool.data?.items.length ?? 0 }) }] : []),
    { id: 'later', text: t('list.later', { n: later }) },
    { id: 'closed', text: t('list.closed') },
  ];
  return (
    <section className={css.pane} aria-label={t('list.label')}>
      <header className={css.head}>
        <div className={css.top}>
          <h1 className={css.title}>{t('nav.conversations')}</h1>
          <MyState />
        </div>
        <SearchField
          label={t('list.search')}
          value={typed}
          onChange={setTyped}
          keys={wide ? 'Ctrl K' : undefined}
        />
        <Segmented
          label={t('list.label')}
          wide
          options={options}
          selected={view}
          onSelect={(id) => setView(id as View)}
        />
      </header>
      {wide ? <OfferCards /> : null}
      {view === 'pool' && !q ? (
        <Suspense fallback={<Loading rows={4} />}>
          <PoolList narrow />
        </Suspense>
      ) : (
        <Rows view={view === 'pool' ? 'open' : view} q={q} current={current} />
      )}
    </section>
  );
});

interface RowsProps {
  view: Exclude<View, 'pool'>;
  q: string;
  current: string | null;
}

function Rows({ view, q, current }: RowsProps) {
  const rows = useRows(view === 'closed' ? 'closed' : 'open', q);
  const me = useMe();
  const wide = useWide(768);
  useChanges(live.store);
  if (rows.isPending) return <Loading rows={8} />;
  if (rows.isError && !rows.data) {
    return <ErrorState error={rows.error} onRetry={() => void rows.refetch()} />;
  }
  const all = rows.data?.items ?? [];
  // A search finds them wherever they are.
  const list =
    view === 'closed' || q ? all : all.filter((row) => isLater(row) === (view === 'later'));
  if (!list.length) {
    return q ? (
      <div className={css.none}>
        <MessageHits
          q={q}
          none={
            <PageState kind="empty" icon={iSearch} title={t('list.nothing.title', { q })}>
              {t('list.nothing.text')}
            </PageState>
          }
        />
      </div>
    ) : (
      <PageState kind="empty" icon={iChat} title={t(`list.${view}.title`)}>
        {t(`list.${view}.text`)}
      </PageState>
    );
  }
  return (
    <VirtualList
      label={t('nav.conversations')}
      items={list}
      itemKey={(row) => row.id}
      height={wide ? 63 : 76}
      current={current}
      before={q ? <MessageHits q={q} rest={t('nav.conversations')} /> : null}
    >
      {(row) => (
        <Row
          row={row}
          me={me.id}
          selected={row.id === current}
          typing={isTyping(row.id)}
          waitingToSend={live.pending(row.id).filter((one) => one.state === 'queued').length}
        />
      )}
    </VirtualList>
  );
}
