/** The approved entries that answers rest on: found by words or topic, read in full with version and review date. */
import { useDeferredValue, useState } from 'react';
import { topics } from '../../../core/topics';
import { t } from '../../../locales/desk';
import {
  ErrorState,
  Loading,
  PageState,
  Parts,
  SearchField,
  useQuery as useAddress,
} from '../../../ui';
import { iBook } from '../../../ui/icons';
import { Select } from '../../../ui/Select';
import { useWide } from '../../../ui/useWide';
import { PageHead } from '../../Shell';
import { type Knowledge, useKnowledge } from '../data';
import { VirtualList } from '../list/VirtualList';
import { topicName } from '../words';
import { Entry } from './Entry';
import { KnowledgeDialog } from './KnowledgeDialog';
import css from './KnowledgePage.module.css';
import { reviewedOn } from './words';

export function KnowledgePage() {
  const [address, change] = useAddress();
  const [typed, setTyped] = useState('');
  const q = useDeferredValue(typed.trim());
  const topic = address.get('topic') ?? '';
  const found = useKnowledge(q, topic);
  const wide = useWide(1024);
  const chosen = address.get('entry');
  const list = found.data ?? [];
  return (
    <>
      <PageHead title={t('nav.knowledge')}>
        <div className={css.filters}>
          <SearchField label={t('knowledge.search')} value={typed} onChange={setTyped} />
          <Select
            label={t('knowledge.topic')}
            bare
            value={topic || 'all'}
            onChange={(id) => change({ topic: id === 'all' ? null : id })}
            options={[
              { id: 'all', text: t('knowledge.all') },
              ...topics.map((id) => ({ id, text: topicName(id) })),
            ]}
          />
        </div>
      </PageHead>
      <div className={css.page}>
        <div className={css.list}>
          {found.isPending ? <Loading rows={8} /> : null}
          {found.isError && !found.data ? (
            <ErrorState error={found.error} onRetry={() => void found.refetch()} />
          ) : null}
          {found.data && !list.length ? (
            <PageState kind="empty" icon={iBook} title={t('knowledge.none.title')}>
              {t('knowledge.none.text')}
            </PageState>
          ) : null}
          {list.length ? (
            <VirtualList
              label={t('nav.knowledge')}
              items={list}
              itemKey={(one) => one.id}
              height={64}
              current={chosen}
            >
              {(one) => (
                <Line one={one} on={one.id === chosen} onOpen={() => change({ entry: one.id })} />
              )}
            </VirtualList>
          ) : null}
        </div>
        {wide ? (
          <div className={css.reader}>
            {chosen ? (
              <Entry id={chosen} />
            ) : (
              <PageState kind="empty" icon={iBook} title={t('knowledge.choose')} />
            )}
          </div>
        ) : chosen ? (
          <KnowledgeDialog entry={chosen} onClose={() => change({ entry: null })} />
        ) : null}
      </div>
    </>
  );
}

function Line({ one, on, onOpen }: { one: Knowledge; on: boolean; onOpen: () => void }) {
  return (
    <button
      type="button"
      className={`${css.line} ${on ? css.on : ''}`}
      aria-current={on ? 'true' : undefined}
      onClick={onOpen}
    >
      <b className={css.name}>{one.title}</b>
      <span className={css.meta}>
        <Parts
          of={[topicName(one.topic), t('card.version', { n: one.version }), reviewedOn(one)]}
        />
      </span>
    </button>
  );
}
