/** Cases: items that belong together, notes, who is in charge, the way to the chief, an outcome. */
import { useState } from 'react';
import { moment } from '../../../core/format';
import { orElse, t } from '../../../locales/review';
import { Button, Chip, ErrorState, IconButton, Loading, PageState, useQuery } from '../../../ui';
import { TextField } from '../../../ui/Fields';
import { iLeft, iShield } from '../../../ui/icons';
import { Select } from '../../../ui/Select';
import { api } from '../../session';
import page from '../page.module.css';
import panes from '../search.module.css';
import css from './review.module.css';
import { Blank, name, Panes, Row, Steps, useAct, useRoom } from './shared';
import type { Case, Item, Step } from './types';

const OUTCOMES = ['unfounded', 'coaching', 'warning', 'breach'] as const;

export function Cases() {
  const [address, change] = useQuery();
  const list = useRoom<{ items: Case[] }>('/api/review/cases');
  const open = address.get('i');
  return (
    <Panes
      label={t('cases.list')}
      list={list}
      empty={
        <PageState kind="empty" icon={iShield} title={t('cases.none')}>
          {t('cases.none.text')}
        </PageState>
      }
      rows={(list.data?.items ?? []).map((one) => (
        <Row key={one.id} open={one.id === open} onOpen={() => change({ i: one.id })}>
          <span className={page.itemTop}>
            <b>{one.title}</b>
            <Chip tone={one.state === 'escalated' ? 'nudge' : 'plain'}>
              {t(`case.state.${one.state}`)}
            </Chip>
          </span>
          <span className={page.meta}>
            {t('case.items', { n: one.items })} · {name(one.assignee)} · {moment(one.opened_at)}
          </span>
        </Row>
      ))}
    >
      {open ? (
        <One key={open} id={open} onClose={() => change({ i: null })} />
      ) : (
        <Blank title={t(list.data?.items.length ? 'cases.choose' : 'cases.none')} />
      )}
    </Panes>
  );
}

function One({ id, onClose }: { id: string; onClose: () => void }) {
  const path = `/api/review/cases/${id}`;
  const found = useRoom<Case & { about: Item[]; steps: Step[] }>(path);
  const [words, setWords] = useState('');
  const [outcome, setOutcome] = useState<string>(OUTCOMES[0]);
  const act = useAct(
    (what: 'notes' | 'escalate' | 'close') =>
      api.post(`${path}/${what}`, what === 'close' ? { words, outcome } : { words }),
    () => setWords(''),
  );
  if (found.isPending) return <Loading />;
  if (found.isError) {
    return <ErrorState error={found.error} onRetry={() => void found.refetch()} />;
  }
  const one = found.data;
  return (
    <section className={`${panes.pane} ${css.hand}`} aria-label={one.title}>
      <header className={panes.head}>
        <IconButton icon={iLeft} label={t('item.close')} onPress={onClose} />
        <div>
          <b>{one.title}</b>
          <Chip>{t(`case.state.${one.state}`)}</Chip>
          {one.outcome ? (
            <Chip tone="accent">{orElse(`outcome.${one.outcome}`, 'case.outcome')}</Chip>
          ) : null}
          <span className={page.meta}>{name(one.assignee)}</span>
        </div>
      </header>
      {/* biome-ignore lint/a11y/noNoninteractiveTabindex: a region that scrolls must be reachable by key */}
      <section className={css.reading} aria-label={t('case.about')} tabIndex={0}>
        {one.about.length ? <h2 className={css.heading}>{t('case.about')}</h2> : null}
        <ul className={css.findings}>
          {one.about.map((item) => (
            <li key={item.id}>
              <b>
                {name(item.subject)} → {name(item.client)}
              </b>
              <p>
                {item.policies.map((policy) => policy.title).join(' · ') || t(`kind.${item.kind}`)}
              </p>
            </li>
          ))}
        </ul>
        <h2 className={css.heading}>{t('ticket.steps')}</h2>
        <Steps steps={one.steps} />
      </section>
      {one.state === 'closed' ? null : (
        <div className={css.verdict}>
          <TextField
            label={t('case.words')}
            value={words}
            onChange={setWords}
            rows={2}
            maxLength={4000}
          />
          <div className={css.grades}>
            <Button isDisabled={!words.trim()} onPress={() => act.mutate('notes')}>
              {t('ticket.note')}
            </Button>
            {one.state === 'open' ? (
              <Button isDisabled={!words.trim()} onPress={() => act.mutate('escalate')}>
                {t('case.escalate')}
              </Button>
            ) : null}
            <span className={css.space} />
            <Select
              bare
              label={t('case.outcome')}
              value={outcome}
              onChange={setOutcome}
              options={OUTCOMES.map((key) => ({ id: key, text: t(`outcome.${key}`) }))}
            />
            <Button kind="primary" isDisabled={!words.trim()} onPress={() => act.mutate('close')}>
              {t('case.end')}
            </Button>
          </div>
        </div>
      )}
    </section>
  );
}
