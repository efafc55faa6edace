/** The queue: what waits by risk, and beside it the item in hand; after a verdict the next comes by itself. */
import { useEffect, useState } from 'react';
import { t } from '../../../locales/review';
import { Button, Chip, PageState, useQuery as useAddress } from '../../../ui';
import { iShield } from '../../../ui/icons';
import { api } from '../../session';
import { Choose } from '../listing';
import page from '../page.module.css';
import panes from '../search.module.css';
import { InHand } from './InHand';
import css from './review.module.css';
import { Blank, Due, name, Panes, Row, useAct, useRoom } from './shared';
import type { Item, Kind, Looked, Summary } from './types';
import { useShortcuts } from './useShortcuts';

const KINDS = ['hold', 'alert', 'contradiction', 'rescan', 'sample', 'over'] as const;

export function Queue() {
  const [address, change] = useAddress();
  const kind = KINDS.find((one) => one === address.get('kind'));
  const over = kind === 'over';
  const wanted: Kind | undefined = kind === 'over' ? undefined : kind;
  const list = useRoom<{ items: Item[] }>('/api/review/items', {
    ...(wanted ? { kind: wanted } : {}),
    ...(over ? { state: 'over' } : {}),
  });
  const passed = useRoom<Summary>('/api/review/summary').data?.over ?? 0;
  const [item, setItem] = useState<Looked | null>(null);
  const [done, setDone] = useState(false);
  const next = useAct(
    () => api.post<{ item: Looked | null }>('/api/review/next', wanted ? { kind: wanted } : {}),
    (found) => {
      setItem(found.item);
      setDone(found.item === null);
    },
  );
  const open = useAct((id: string) => api.get<Looked>(`/api/review/items/${id}`), setItem);
  const back = useAct(
    (id: string) => api.post(`/api/review/items/${id}/let-go`, {}),
    () => setItem(null),
  );
  // biome-ignore lint/correctness/useExhaustiveDependencies: what is in hand belongs to what was filtered
  useEffect(() => setItem(null), [kind]);
  useShortcuts({ j: () => over || next.mutate(undefined) });
  const rows = list.data?.items ?? [];
  return (
    <Panes
      label={t('queue.list')}
      list={list}
      above={
        <div className={css.bar}>
          <Choose
            name="kind"
            label={t('queue.filter')}
            any={t('kind.any')}
            options={KINDS.map((id) => ({ id, text: t(`kind.${id}`) }))}
          />
          {passed && !over ? (
            <Button kind="ghost" onPress={() => change({ kind: 'over' })}>
              {t('kind.over')} {passed}
            </Button>
          ) : null}
        </div>
      }
      empty={
        <PageState kind="empty" icon={iShield} title={t(over ? 'queue.over.none' : 'queue.none')}>
          {t(over ? (rows.length ? 'queue.over' : 'queue.over.none') : 'queue.none.text')}
        </PageState>
      }
      rows={rows.map((row) => (
        <Row key={row.id} open={row.id === item?.id} onOpen={() => open.mutate(row.id)}>
          <span className={page.itemTop}>
            <b>
              {name(row.subject)} → {name(row.client)}
            </b>
            <Level of={row} />
          </span>
          <span className={panes.words}>
            {row.policies.map((one) => one.title).join(' · ') || t(`kind.${row.kind}`)}
          </span>
          <span className={page.itemTop}>
            {over ? (
              <span className={page.meta}>{t('queue.over')}</span>
            ) : (
              <Due at={row.deadline_at ?? row.due_at} late={row.overdue} />
            )}
            <span className={page.meta}>
              {row.claimed_by
                ? t('queue.claimed', { name: name(row.claimed_by) })
                : row.state === 'open'
                  ? t(`kind.${row.kind}`)
                  : t(row.state === 'chief' ? 'step.chief' : 'step.second')}
            </span>
          </span>
        </Row>
      ))}
    >
      {item ? (
        <InHand
          key={`${item.id}${item.state}`}
          item={item}
          onBack={() => back.mutate(item.id)}
          onJudged={() => (over ? setItem(null) : next.mutate(undefined))}
        />
      ) : (
        <Blank
          title={t(
            done
              ? 'queue.done'
              : over
                ? 'queue.over.text'
                : rows.length
                  ? 'queue.begin.title'
                  : 'queue.none',
          )}
        >
          {rows.length && !over ? (
            <>
              <p className={page.meta}>{t('queue.begin.text')}</p>
              <Button kind="primary" onPress={() => next.mutate(undefined)}>
                {t('queue.begin')} <kbd>J</kbd>
              </Button>
            </>
          ) : null}
        </Blank>
      )}
    </Panes>
  );
}

export function Level({ of }: { of: Item }) {
  const tone = of.severity >= 4 ? 'stop' : of.severity === 3 ? 'nudge' : 'plain';
  return <Chip tone={tone}>{t(`severity.${of.severity as 1}`)}</Chip>;
}
