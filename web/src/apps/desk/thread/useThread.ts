/** One conversation as it is shown: both streams in order, what waits in the outbox, who types, where the unread begin. */
import { useEffect, useMemo, useRef, useState } from 'react';
import { useChanges } from '../../../chat/hooks';
import { newestShared } from '../../../chat/unread';
import type { Entry } from '../../../core/protocol';
import type { Range } from '../../../core/store';
import { fold, type Item, merge } from '../../../core/view';
import type { Header } from '../data';
import { live } from '../line';

export interface OpenThread {
  items: readonly Item[];
  loading: boolean;
  error: unknown;
  retry: () => void;
  hasOlder: boolean;
  /** The number of the oldest shared entry that is here. */
  low: number;
  older: () => Promise<unknown>;
  typing: readonly string[];
  /** The shared stream's highest number. */
  last: number;
}

export function useThread(id: string, me: string): OpenThread {
  useChanges(live.store);
  const [error, setError] = useState<unknown>(null);
  const [loading, setLoading] = useState(true);
  const [turn, setTurn] = useState(0);
  // biome-ignore lint/correctness/useExhaustiveDependencies: another turn asks again
  useEffect(() => {
    let here = true;
    setLoading(live.store.thread(id).shared.high === 0);
    setError(null);
    live
      .open(id, ['shared', 'internal'])
      .catch((problem: unknown) => here && setError(problem))
      .finally(() => here && setLoading(false));
    return () => {
      here = false;
    };
  }, [id, turn]);
  const thread = live.store.thread(id);
  const pending = live.outbox.list;
  const { version } = thread;
  // biome-ignore lint/correctness/useExhaustiveDependencies: the version stands for the thread's content
  const items = useMemo(
    () =>
      fold(
        merge(thread.shared.ordered, among(thread.internal.ordered, thread.shared)),
        live.pending(id),
        me,
        thread.mark,
      ),
    [id, me, version, pending],
  );
  return {
    items,
    loading,
    error,
    retry: () => setTurn((n) => n + 1),
    hasOlder: thread.shared.low > 1 && thread.shared.high > 0,
    low: thread.shared.low,
    older: () => older(id),
    typing: [...thread.typing.keys()],
    last: thread.shared.last,
  };
}

/** One more page of what was said, and what colleagues wrote meanwhile. */
async function older(id: string): Promise<void> {
  await live.older(id);
  const { shared, internal } = live.store.thread(id);
  const late = () => (internal.ordered[0]?.at ?? 0) > (shared.ordered[0]?.at ?? 0);
  while (internal.low > 1 && late() && (await live.older(id, 'internal')));
}

/** Of what colleagues wrote, what belongs to the part of the shared stream that is held: older notes come with theirs. */
export function among(internal: readonly Entry[], shared: Range): readonly Entry[] {
  const first = shared.low > 1 ? shared.ordered[0] : undefined;
  return first ? internal.filter((entry) => entry.at >= first.at) : internal;
}

/** The unread line, placed where I had read to when the thread was opened, and kept there while it is open. */
export function useUnreadLine(
  id: string,
  items: readonly Item[],
  header: Header,
  me: string,
): number | undefined {
  const placed = useRef<{ id: string; at: number | undefined } | null>(null);
  if (placed.current?.id !== id) placed.current = null;
  if (!placed.current && newestShared(items)) {
    placed.current = { id, at: lineAt(items, header, me) };
  }
  return placed.current?.at;
}

/** Up to where I have read: my mark, or my own last word, whatever is further; undefined where nothing follows. */
export function lineAt(
  items: readonly Item[],
  header: Pick<Header, 'receipts'>,
  me: string,
): number | undefined {
  const shared = items.flatMap(({ entry, mine }) =>
    entry?.stream === 'shared' ? [{ no: entry.no, mine, said: entry.kind === 'message' }] : [],
  );
  const mark = header.receipts?.find((one) => one.person === me)?.read ?? 0;
  const read = Math.max(mark, ...shared.filter((one) => one.mine).map((one) => one.no));
  return shared.some((one) => one.said && !one.mine && one.no > read) ? read : undefined;
}
