/** A conversation: bubbles by day and speaker, the unread line, what is being typed, and a pill for what came below. */
import { type ReactNode, useEffect, useLayoutEffect, useMemo, useRef, useState } from 'react';
import { dayName } from '../core/format';
import type { Attachment, Card, Person } from '../core/protocol';
import type { Item } from '../core/view';
import { t } from '../locales/chat';
import { Icon } from '../ui/Icon';
import { iDown } from '../ui/icons';
import { Bubble, type BubbleProps } from './Bubble';
import { begin, EDGE_PX, hold, keep, SPAN, since } from './span';
import css from './Thread.module.css';
import { newestShared, unreadLine } from './unread';

export interface ThreadProps {
  items: readonly Item[];
  /** Shared number of the last entry that was read when the thread was opened. */
  readUpTo?: number;
  /** Shared number of the oldest entry that is here; 1 where all are. */
  low?: number;
  /** Names of those who are typing. */
  typing?: readonly string[];
  /** Where an attachment can be shown from; a client's token has to fetch it. */
  source: (attachment: Attachment) => Promise<string>;
  /** Avatars beside what others write. */
  faces?: boolean;
  /** Whose name stands above the thread already, so that it is not repeated below each message. */
  known?: string;
  photo?: (person: string) => string | null;
  /** Who takes part, so that system lines name them as the reader's language does. */
  people?: readonly Person[];
  hasOlder?: boolean;
  onOlder?: () => Promise<unknown>;
  onRetry?: (key: string) => void;
  onDiscard?: (key: string) => void;
  onEdit?: (item: Item) => void;
  onRecall?: (item: Item) => void;
  onForward?: (item: Item, card: Card) => void;
  onReceipt?: (item: Item) => void;
  onCard?: (card: Card) => void;
  /** The newest item is in sight. */
  onSeen?: () => void;
  /** Stands below the newest item: a waiting card, a rating. */
  children?: ReactNode;
  /** A change of it brings the end in sight: something below the newest item wants to be seen. */
  endKey?: string;
}

const GROUP_MS = 180_000;
const NEAR_PX = 80;
/** What a bubble may do; each stays the same function while the thread is open. */
const ACTS = [
  'onRetry',
  'onDiscard',
  'onEdit',
  'onRecall',
  'onForward',
  'onReceipt',
  'onCard',
] as const;
/** Whether two neighbours are said in one breath, and share the line below. */
function together(a: Item | undefined, b: Item | undefined): boolean {
  if (!a || !b || a.entry?.kind === 'system' || b.entry?.kind === 'system') return false;
  if (a.entry && b.entry && a.entry.kind !== b.entry.kind) return false;
  const same = a.mine ? b.mine : !b.mine && a.entry?.sender?.id === b.entry?.sender?.id;
  return same && b.at - a.at < GROUP_MS;
}

const settled = (item: Item) =>
  item.delivery === null || ['sent', 'delivered', 'read'].includes(item.delivery);

export function Thread(props: ThreadProps) {
  const { items, readUpTo, low = 1, typing = [], children } = props;
  const view = useSpan(props);
  const shared = useShared(props);
  const { start, stop } = view;
  // The line stands where it stood at opening; what comes while one looks on is not unread.
  const opened = useRef(0);
  if (opened.current === 0) opened.current = newestShared(items);
  const { photo } = props;
  // Whatever else changes around the thread, its rows are drawn anew only when they are others.
  const rows = useMemo(() => {
    const line = unreadLine(items, readUpTo, opened.current, low);
    return items.slice(start, stop).map((item, at) => {
      const index = start + at;
      const before = items[index - 1];
      const after = items[index + 1];
      const day = dayName(item.at);
      const newDay = !before || dayName(before.at) !== day;
      const sender = item.entry?.sender?.id;
      return (
        <Row
          key={item.key}
          shared={shared}
          item={item}
          photo={(sender && photo?.(sender)) || null}
          day={newDay ? day : ''}
          unread={
            line?.at === index
              ? t(line.more ? 'thread.unread.more' : 'thread.unread', { n: line.n })
              : ''
          }
          first={newDay || !together(before, item)}
          last={!together(item, after) || !settled(item)}
        />
      );
    });
  }, [items, start, stop, shared, readUpTo, low, photo]);

  return (
    <div className={css.frame}>
      <div
        ref={view.log}
        className={css.log}
        role="log"
        aria-label={t('thread.label')}
        // biome-ignore lint/a11y/noNoninteractiveTabindex: a region that scrolls must be reachable by key
        tabIndex={0}
        onScroll={view.scrolled}
      >
        <div className={css.items}>
          {props.hasOlder || start > 0 ? (
            <button type="button" className={css.older} onClick={view.back}>
              {t('thread.earlier')}
            </button>
          ) : null}
          {rows}
          {stop < items.length ? null : (
            <>
              {typing.length ? (
                <p className={css.typing}>
                  <span className={css.dots} aria-hidden="true">
                    <i />
                    <i />
                    <i />
                  </span>
                  {t('typing.one', { name: typing.join(', ') })}
                </p>
              ) : null}
              {children}
            </>
          )}
        </div>
      </div>
      {view.below > 0 || view.far ? (
        <button type="button" className={css.pill} onClick={view.toEnd}>
          <Icon of={iDown} size={14} />
          {view.below > 0 ? t('thread.new', { n: view.below }) : t('thread.newest')}
        </button>
      ) : null}
    </div>
  );
}

type Shared = Omit<BubbleProps, 'item' | 'first' | 'last' | 'photo'>;

/** What all bubbles have in common, the same object until something of it changes: they are drawn anew only then. */
function useShared(props: ThreadProps): Shared {
  const latest = useRef(props);
  latest.current = props;
  const { source, faces, known, people } = props;
  const can = ACTS.filter((act) => props[act]).join();
  return useMemo(() => {
    const acts = Object.fromEntries(
      ACTS.filter((act) => can.split(',').includes(act)).map((act) => [
        act,
        // biome-ignore lint/suspicious/noExplicitAny: each is called with what its own type says
        (...given: any[]) => (latest.current[act] as any)?.(...given),
      ]),
    );
    return { source, faces, known, people, ...acts };
  }, [can, source, faces, known, people]);
}

interface RowProps {
  shared: Shared;
  item: Item;
  photo: string | null;
  day: string;
  unread: string;
  first: boolean;
  last: boolean;
}

/** One item with what stands above it. Items are made anew with every change of the thread: their parts tell. */
function Row({ shared, item, photo, day, unread, first, last }: RowProps) {
  const { entry, pending, body, delivery, note, recalled, earlier } = item;
  // biome-ignore lint/correctness/useExhaustiveDependencies: the parts stand for the item
  return useMemo(
    () => (
      <div className={css.item}>
        {day ? <p className={css.day}>{day}</p> : null}
        {unread ? <p className={css.unread}>{unread}</p> : null}
        <Bubble {...shared} photo={() => photo} item={item} first={first} last={last} />
      </div>
    ),
    [
      shared,
      photo,
      day,
      unread,
      first,
      last,
      entry,
      pending,
      body,
      delivery,
      note,
      recalled,
      earlier.length,
    ],
  );
}

/** The drawn span: it follows the end while that is in sight, and else moves with the reader without moving his line. */
function useSpan({ items, hasOlder, onOlder, onSeen, endKey }: ThreadProps) {
  const log = useRef<HTMLDivElement>(null);
  const near = useRef(true);
  const from = useRef<string | null>(null);
  const steps = useRef(0);
  const held = useRef<ReturnType<typeof hold>>(null);
  /** Where the thread was put by itself, and not by its reader. */
  const settledAt = useRef(-1);
  const asked = useRef(false);
  const failed = useRef(false);
  const last = useRef(items.at(-1)?.key);
  const [below, setBelow] = useState(0);
  const [, draw] = useState(0);
  const newest = items.at(-1);
  const come = since(items, last.current);
  if (come > 0 && newest?.mine) near.current = true;
  const start = begin(items, near.current ? null : from.current, steps.current);
  const stop = Math.min(items.length, start + SPAN);
  from.current = items[start]?.key ?? null;
  steps.current = 0;

  const settle = () => {
    const box = log.current;
    if (!box) return;
    if (near.current) box.scrollTop = box.scrollHeight;
    else keep(box, held.current);
    settledAt.current = box.scrollTop;
    // What is held is measured once: measured anew each time, the roundings would add up.
    if (near.current || !held.current?.element.isConnected) held.current = hold(box);
  };
  useLayoutEffect(() => {
    last.current = newest?.key;
    settle();
    if (near.current) setBelow(0);
    else if (come > 0) setBelow((n) => n + come);
  });

  // biome-ignore lint/correctness/useExhaustiveDependencies: the key says when
  useEffect(() => {
    near.current = true;
    draw((n) => n + 1);
  }, [endKey]);

  useEffect(() => {
    if (newest && near.current && document.visibilityState === 'visible') onSeen?.();
  });

  // A box that grows or shrinks (keyboard, pictures) keeps in sight what was.
  const settled = useRef(settle);
  settled.current = settle;
  useEffect(() => {
    const box = log.current;
    if (!box) return;
    const watch = new ResizeObserver(() => settled.current());
    watch.observe(box);
    if (box.firstElementChild) watch.observe(box.firstElementChild);
    return () => watch.disconnect();
  }, []);

  const move = (by: number) => {
    near.current = false;
    steps.current = by;
    draw((n) => n + 1);
  };
  const back = () => {
    if (start > 0) move(-1);
    else if (hasOlder && onOlder && !asked.current) {
      asked.current = true;
      failed.current = false;
      near.current = false;
      void onOlder()
        .then(
          () => move(-1),
          () => {
            failed.current = true; // The button stays: he may ask again.
          },
        )
        .finally(() => {
          asked.current = false;
        });
    }
  };
  const scrolled = () => {
    const box = log.current;
    if (!box) return;
    if (box.scrollTop !== settledAt.current) held.current = hold(box);
    const under = box.scrollHeight - box.scrollTop - box.clientHeight;
    const was = near.current;
    near.current = stop === items.length && under < NEAR_PX;
    if (was !== near.current) {
      // What is read again from long ago is not news.
      box.setAttribute('aria-live', near.current ? 'polite' : 'off');
      draw((n) => n + 1);
    }
    if (near.current) return;
    if (under < EDGE_PX && stop < items.length) move(1);
    else if (box.scrollTop < EDGE_PX && !failed.current) back();
  };
  const toEnd = () => {
    near.current = true;
    draw((n) => n + 1);
  };
  return { log, start, stop, below, far: stop < items.length, scrolled, back, toEnd };
}
