/** What the firm knows: approved entries, drafts on their way, and a box that shows what a question would find. */
import { useState } from 'react';
import { topics } from '../../core/topics';
import { t } from '../../locales/console';
import { Button, Chip, Coming, PageState, useQuery as useAddress } from '../../ui';
import { DataTable } from '../../ui/DataTable';
import { iBook, iPlus } from '../../ui/icons';
import { PageHead } from '../Shell';
import { useMe } from '../session';
import { KnowledgeEntry } from './KnowledgeEntry';
import { KnowledgeForm } from './KnowledgeForm';
import { Choose, Find, More, useListing } from './listing';
import page from './page.module.css';
import css from './staff.module.css';
import { topicName } from './staffing';

export type VersionState = 'draft' | 'submitted' | 'approved' | 'returned' | 'superseded';
interface Row {
  id: string;
  slug: string;
  topic: string;
  version: number;
  state: VersionState | 'retired';
  title: string;
  question: string;
  languages: string[];
  reviewed: string | null;
  review_by: string | null;
  pending: { version: number; state: VersionState } | null;
}
const STATES = ['approved', 'draft', 'submitted', 'returned', 'retired'] as const;

export const stateTone = (state: string) =>
  state === 'approved'
    ? 'go'
    : state === 'submitted'
      ? 'nudge'
      : state === 'returned'
        ? 'stop'
        : 'plain';

export default function Knowledge() {
  const me = useMe();
  const editor = me.roles.includes('editor');
  const [address, change] = useAddress();
  const [adding, setAdding] = useState(false);
  const list = useListing<Row>('knowledge', '/api/knowledge', ['q', 'topic', 'state']);
  const { rows } = list;
  const open = address.get('id');
  return (
    <>
      <PageHead title={t('nav.knowledge')}>
        {editor ? (
          <Button kind="primary" icon={iPlus} onPress={() => setAdding(true)}>
            {t('knowledge.add')}
          </Button>
        ) : null}
      </PageHead>
      <div className={page.body}>
        <div className={css.filters}>
          <Find label={t('knowledge.search')} />
          <Choose
            name="topic"
            label={t('decisions.topic')}
            any={t('knowledge.topic.any')}
            options={topics.map((id) => ({ id, text: topicName(id) }))}
          />
          <Choose
            name="state"
            label={t('staff.state')}
            any={t('staff.state.any')}
            options={STATES.map((id) => ({ id, text: t(`version.${id}`) }))}
          />
        </div>
        <Coming of={list} />
        {list.data ? (
          <div className={`${page.split} ${open ? page.open : ''} ${open ? page.wide : ''}`}>
            <section className={page.card}>
              <DataTable
                caption={t('nav.knowledge')}
                rows={rows}
                rowKey={(row) => row.id}
                selected={open}
                onSelect={(row) => change({ id: row.id })}
                empty={
                  <PageState kind="empty" icon={iBook} title={t('knowledge.none')}>
                    {t('knowledge.none.text')}
                  </PageState>
                }
                columns={[
                  {
                    id: 'title',
                    head: t('knowledge.title'),
                    grow: true,
                    cell: (row) => (
                      <>
                        <b>{row.title}</b>
                        <br />
                        <span className={page.meta}>{row.question}</span>
                      </>
                    ),
                  },
                  {
                    id: 'topic',
                    head: t('decisions.topic'),
                    cell: (row) => topicName(row.topic),
                  },
                  {
                    id: 'version',
                    head: t('knowledge.version'),
                    cell: (row) => row.version,
                    numeric: true,
                  },
                  {
                    id: 'state',
                    head: t('staff.state'),
                    cell: (row) => (
                      <>
                        <Chip tone={stateTone(row.state)}>
                          {t(`version.${row.state}` as 'version.draft')}
                        </Chip>{' '}
                        {row.pending ? (
                          <Chip tone={stateTone(row.pending.state)}>
                            {t(`version.${row.pending.state}`)}
                          </Chip>
                        ) : null}
                      </>
                    ),
                  },
                  {
                    id: 'review',
                    head: t('knowledge.reviewby'),
                    cell: (row) => row.review_by ?? '–',
                  },
                ]}
              />
              <More list={list} />
            </section>
            {open ? (
              <KnowledgeEntry
                key={open}
                id={open}
                pending={rows.find((row) => row.id === open)?.pending?.version ?? null}
                onClose={() => change({ id: null })}
              />
            ) : null}
          </div>
        ) : null}
      </div>
      {adding ? <KnowledgeForm onClose={() => setAdding(false)} /> : null}
    </>
  );
}
