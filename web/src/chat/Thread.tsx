/** A conversation: bubbles by day and speaker, the unread line, what is being typed, and a pill for what came below. */
import { type ReactNode, useEffect, useLayoutEffect, useRef, useState } from 'react';
import { dayName } from '../core/format';
import type { Attachment, Card, Person } from '../core/protocol';
import type { Item } from '../core/view';
import { t } from '../locales/chat';
import { Icon } from '../ui/Icon';
import { iDown } from '../ui/icons';
import { Bubble } from './Bubble';
import css from './Thread.module.css';

export interface ThreadProps {
  items: readonly Item[];
  /** Shared number of the last entry that was read when the thread was opened. */
  readUpTo?: number;
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
/** So many items are drawn at most at the end of a thread; more only where one goes back for them. */
export const DRAWN = 200;

/** Whether two neighbours are said in one breath, and share the line below. */
function together(a: Item | undefined, b: Item | undefined): boolean {
  if (!a || !b || a.entry?.kind === 'system' || b.entry?.kind === 'system') return false;
  if (a.entry && b.entry && a.entry.kind !== b.entry.kind) return false;
  const same = a.mine ? b.mine : !b.mine && a.entry?.sender?.id === b.entry?.sender?.id;
  return same && b.at - a.at < GROUP_MS;
}

const settled = (item: Item) =>
  item.delivery === null || ['sent', 'delivered', 'read'].includes(item.delivery);

/** Where to begin drawing: at the end the newest items only, further back what was begun with, and on request more. */
export function begin(
  items: readonly { key: string }[],
  from: string | null,
  want: { atEnd: boolean; more: boolean },
): number {
  const end = Math.max(0, items.length - DRAWN);
  const was = from === null ? -1 : items.findIndex((item) => item.key === from);
  if (was < 0 || (want.atEnd && !want.more)) return end;
  return Math.min(end, want.more ? Math.max(0, was - DRAWN) : was);
}

export function Thread(props: ThreadProps) {
  const { items, readUpTo, typing = [], children } = props;
  const log = useRef<HTMLDivElement>(null);
  const near = useRef(true);
  const from = useRef<string | null>(null);
  const more = useRef(false);
  const [, draw] = useState(0);
  const start = begin(items, from.current, { atEnd: near.current, more: more.current });
  from.current = items[start]?.key ?? null;
  more.current = false;
  const height = useRef(0);
  const [below, setBelow] = useState(0);
  const newest = items.at(-1);
  const count = useRef(items.length);

  useLayoutEffect(() => {
    const box = log.current;
    if (!box) return;
    const added = items.length - count.current;
    count.current = items.length;
    if (near.current || (newest?.mine && added > 0)) {
      box.scrollTop = box.scrollHeight;
      setBelow(0);
    } else if (added > 0 && box.scrollTop > NEAR_PX) setBelow((n) => n + added);
    height.current = box.scrollHeight;
  });

  // biome-ignore lint/correctness/useExhaustiveDependencies: the key says when
  useEffect(() => {
    near.current = true;
    if (log.current) log.current.scrollTop = log.current.scrollHeight;
  }, [props.endKey]);

  useEffect(() => {
    if (newest && near.current && document.visibilityState === 'visible') props.onSeen?.();
  });

  // A box that grows or shrinks (keyboard, pictures) keeps the newest item in sight.
  useEffect(() => {
    const box = log.current;
    if (!box) return;
    const watch = new ResizeObserver(() => {
      if (near.current) box.scrollTop = box.scrollHeight;
    });
    watch.observe(box);
    if (box.firstElementChild) watch.observe(box.firstElementChild);
    return () => watch.disconnect();
  }, []);

  const older = async () => {
    const box = log.current;
    const was = box ? box.scrollHeight - box.scrollTop : 0;
    near.current = false;
    if (start === 0) await props.onOlder?.();
    more.current = true;
    draw((n) => n + 1);
    requestAnimationFrame(() => {
      if (box) box.scrollTop = box.scrollHeight - was;
    });
  };
  const toEnd = () => {
    const box = log.current;
    if (box) box.scrollTop = box.scrollHeight;
  };
  // The line stands where it stood at opening; what comes while one looks on is not unread.
  const opened = useRef(0);
  if (opened.current === 0) opened.current = newest?.entry?.no ?? 0;
  const missed = (item: Item) =>
    readUpTo !== undefined &&
    !item.mine &&
    item.entry?.kind === 'message' &&
    item.entry.no > readUpTo &&
    item.entry.no <= opened.current;
  const firstUnread = items.findIndex(missed);
  const unread = items.filter(missed).length;

  return (
    <div className={css.frame}>
      <div
        ref={log}
        className={css.log}
        role="log"
        aria-label={t('thread.label')}
        // biome-ignore lint/a11y/noNoninteractiveTabindex: a region that scrolls must be reachable by key
        tabIndex={0}
        onScroll={() => {
          const box = log.current;
          if (!box) return;
          near.current = box.scrollHeight - box.scrollTop - box.clientHeight < NEAR_PX;
          if (near.current && below) setBelow(0);
        }}
      >
        <div className={css.items}>
          {props.hasOlder || start > 0 ? (
            <button type="button" className={css.older} onClick={() => void older()}>
              {t('thread.earlier')}
            </button>
          ) : null}
          {items.slice(start).map((item, at) => {
            const index = start + at;
            const before = items[index - 1];
            const after = items[index + 1];
            const newDay = !before || dayName(before.at) !== dayName(item.at);
            return (
              <div key={item.key} className={css.item}>
                {newDay ? <p className={css.day}>{dayName(item.at)}</p> : null}
                {index === firstUnread && firstUnread > 0 ? (
                  <p className={css.unread}>{t('thread.unread', { n: unread })}</p>
                ) : null}
                <Bubble
                  {...props}
                  item={item}
                  first={newDay || !together(before, item)}
                  last={!together(item, after) || !settled(item)}
                />
              </div>
            );
          })}
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
        </div>
      </div>
      {below > 0 ? (
        <button type="button" className={css.pill} onClick={toEnd}>
          <Icon of={iDown} size={14} />
          {t('thread.new', { n: below })}
        </button>
      ) : null}
    </div>
  );
}
