/** Protected tickets: what clients suffer, report or complain of, for whoever they do not concern. */
import { useState } from 'react';
import { moment } from '../../../core/format';
import { orElse, t } from '../../../locales/review';
import { Button, Chip, ErrorState, IconButton, Loading, PageState, useQuery } from '../../../ui';
import { TextField } from '../../../ui/Fields';
import { iLeft, iShield } from '../../../ui/icons';
import { api, useMe } from '../../session';
import page from '../page.module.css';
import panes from '../search.module.css';
import css from './review.module.css';
import { Blank, Due, name, Panes, Row, Steps, useAct, useRoom } from './shared';
import type { Step, Ticket } from './types';

const kind = (one: Ticket) => orElse(`category.${one.category}`, 'category.other');

export function Tickets() {
  const [address, change] = useQuery();
  const list = useRoom<{ items: Ticket[] }>('/api/review/tickets');
  const open = address.get('i');
  return (
    <Panes
      label={t('tickets.list')}
      list={list}
      empty={
        <PageState kind="empty" icon={iShield} title={t('tickets.none')}>
          {t('tickets.none.text')}
        </PageState>
      }
      rows={(list.data?.items ?? []).map((one) => (
        <Row key={one.id} open={one.id === open} onOpen={() => change({ i: one.id })}>
          <span className={page.itemTop}>
            <b>{name(one.client)}</b>
            <Chip tone={one.category === 'complaint' ? 'nudge' : 'stop'}>{kind(one)}</Chip>
          </span>
          <span className={page.itemTop}>
            <Due at={one.due_at} late={one.overdue} />
            <span className={page.meta}>
              {one.assignee
                ? t('ticket.theirs', { name: name(one.assignee) })
                : t(`source.${one.source}`)}
            </span>
          </span>
        </Row>
      ))}
    >
      {open ? (
        <One key={open} id={open} onClose={() => change({ i: null })} />
      ) : (
        <Blank title={t(list.data?.items.length ? 'tickets.choose' : 'tickets.none')} />
      )}
    </Panes>
  );
}

function One({ id, onClose }: { id: string; onClose: () => void }) {
  const me = useMe();
  const path = `/api/review/tickets/${id}`;
  const found = useRoom<Ticket & { words: string; steps: Step[] }>(path);
  const [words, setWords] = useState('');
  const act = useAct(
    (what: string) => api.post(`${path}/${what}`, what === 'take' ? {} : { words }),
    () => setWords(''),
  );
  if (found.isPending) return <Loading />;
  if (found.isError) {
    return <ErrorState error={found.error} onRetry={() => void found.refetch()} />;
  }
  const one = found.data;
  const mine = one.assignee?.id === me.id;
  return (
    <section className={`${panes.pane} ${css.hand}`} aria-label={name(one.client)}>
      <header className={panes.head}>
        <IconButton icon={iLeft} label={t('item.close')} onPress={onClose} />
        <div>
          <b>{name(one.client)}</b>
          <Chip tone="stop">{kind(one)}</Chip>
          <span className={page.meta}>
            {t(`source.${one.source}`)} · {moment(one.opened_at)}
          </span>
          <Due at={one.due_at} late={one.overdue} />
        </div>
      </header>
      {/* biome-ignore lint/a11y/noNoninteractiveTabindex: a region that scrolls must be reachable by key */}
      <section className={css.reading} aria-label={t('ticket.words')} tabIndex={0}>
        <h2 className={css.heading}>{t('ticket.words')}</h2>
        <p className={css.text}>{one.words}</p>
        <h2 className={css.heading}>{t('ticket.concerned')}</h2>
        <p>{one.concerned.map(name).join(' · ') || '–'}</p>
        <h2 className={css.heading}>{t('ticket.steps')}</h2>
        <Steps steps={one.steps} />
      </section>
      {one.state === 'closed' ? null : (
        <div className={css.verdict}>
          {mine ? (
            <TextField
              label={t('ticket.answer')}
              value={words}
              onChange={setWords}
              rows={3}
              maxLength={4000}
            />
          ) : null}
          <div className={css.grades}>
            {mine ? (
              <>
                <Button isDisabled={!words.trim()} onPress={() => act.mutate('notes')}>
                  {t('ticket.note')}
                </Button>
                <Button
                  kind="primary"
                  isDisabled={!words.trim()}
                  onPress={() => act.mutate('close')}
                >
                  {t('ticket.close')}
                </Button>
              </>
            ) : one.assignee ? (
              <p className={page.meta}>{t('ticket.theirs', { name: name(one.assignee) })}</p>
            ) : (
              <Button kind="primary" onPress={() => act.mutate('take')}>
                {t('ticket.take')}
              </Button>
            )}
          </div>
        </div>
      )}
    </section>
  );
}
