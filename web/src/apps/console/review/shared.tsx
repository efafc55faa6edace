/** What the parts of the review room share: lists that look again, acts with their refusals, steps, clocks. */
import { useMutation, useQuery } from '@tanstack/react-query';
import type { ReactNode } from 'react';
import { useNow } from '../../../chat/hooks';
import { serverNow } from '../../../core/clock';
import { duration, moment } from '../../../core/format';
import { ApiError } from '../../../core/http';
import { named } from '../../../core/i18n';
import { t as common } from '../../../locales/console';
import { orElse, t } from '../../../locales/review';
import { Coming, PageState, toast } from '../../../ui';
import { iShield } from '../../../ui/icons';
import { api } from '../../session';
import { queries } from '../../start';
import page from '../page.module.css';
import panes from '../search.module.css';
import css from './review.module.css';
import type { Party, Step } from './types';

const AGAIN_MS = 15_000;

export const name = (one: Party | null | undefined): string => (one ? named(one) : '');

/** Something of the review's, looked at again every few seconds. */
export function useRoom<T>(path: string, query: Record<string, string> = {}) {
  return useQuery({
    queryKey: ['review', path, query],
    queryFn: () => api.get<T>(path, query),
    refetchInterval: AGAIN_MS,
  });
}

/** An act; what it refuses is said, what it changes is asked for again. */
export function useAct<In, Out = unknown>(
  work: (given: In) => Promise<Out>,
  done?: (out: Out) => void,
) {
  return useMutation({
    mutationFn: work,
    onSuccess: done,
    onSettled: () => queries.invalidateQueries({ queryKey: ['review'] }),
    onError: (error) => toast(error instanceof ApiError ? error.detail : common('error.title')),
  });
}

/** Two panes: a list, and beside it what was chosen; on phones one after the other. */
export function Panes(props: {
  label: string;
  list: { isPending: boolean; isError: boolean; error: unknown; refetch: () => unknown };
  empty: ReactNode;
  rows: ReactNode[];
  above?: ReactNode;
  children: ReactNode;
}) {
  const { list } = props;
  return (
    <div className={panes.panes}>
      <section className={panes.pane} aria-label={props.label}>
        {props.above}
        <Coming of={list} />
        {!list.isPending && !list.isError && !props.rows.length ? props.empty : null}
        <ul className={panes.rows}>{props.rows}</ul>
      </section>
      {props.children}
    </div>
  );
}

export function Row(props: { open: boolean; onOpen: () => void; children: ReactNode }) {
  return (
    <li>
      <button
        type="button"
        className={panes.row}
        aria-current={props.open ? 'true' : undefined}
        onClick={props.onOpen}
      >
        {props.children}
      </button>
    </li>
  );
}

/** The right pane while nothing is chosen. */
export function Blank({ title, children }: { title: string; children?: ReactNode }) {
  return (
    <section className={`${panes.pane} ${panes.blank}`}>
      <PageState kind="empty" icon={iShield} title={title} action={children} />
    </section>
  );
}

/** Less than this (ms) is left when the clock turns red. */
const SOON_MS = 30 * 60_000;

/** How long is left until it must be decided, or since when it should have been. */
export function Due({ at, late }: { at: number; late: boolean }) {
  const now = useNow(15_000, serverNow);
  const over = late || at < now;
  const time = duration(Math.abs(at - now) / 1000);
  return (
    <span className={over || at - now < SOON_MS ? page.late : page.meta} title={moment(at)}>
      {t(over ? 'late' : 'due', { time, at: moment(at) })}
    </span>
  );
}

export function Steps({ steps }: { steps: Step[] }) {
  return (
    <ol className={css.steps}>
      {steps.map((one) => (
        <li key={`${one.at}${one.what}${one.words}`}>
          <span className={page.meta}>
            {moment(one.at)} · {orElse(`step.${one.what.split(':')[0]}`, 'step.note')}
            {one.by ? ` · ${named(one.by)}` : ''}
          </span>
          {one.words && !/^[0-9a-f-]{36}$/.test(one.words) ? <p>{one.words}</p> : null}
        </li>
      ))}
    </ol>
  );
}
