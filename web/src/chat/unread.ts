/** The line above what had not been read when a thread was opened, and what it says. */
import type { Item } from '../core/view';

export interface UnreadLine {
  /** It stands above the item at this place. */
  at: number;
  /** So many messages below it. */
  n: number;
  /** There are more above, which have not been fetched. */
  more: boolean;
}

/** The number of the newest shared entry that is here; 0 while none is, though notes of colleagues may be. */
export const newestShared = (items: readonly Item[]): number =>
  items.findLast(({ entry }) => entry?.stream === 'shared')?.entry?.no ?? 0;

/**
 * Where the line stands; null where nothing was unread, and above the very first words of a conversation. `readUpTo`
 * and `opened` are the shared numbers last read and newest at opening, `low` that of the oldest entry that is here.
 */
export function unreadLine(
  items: readonly Item[],
  readUpTo: number | undefined,
  opened: number,
  low: number,
): UnreadLine | null {
  if (readUpTo === undefined) return null;
  const missed = ({ entry, mine, recalled }: Item) =>
    !mine &&
    !recalled &&
    entry?.stream === 'shared' &&
    entry.kind === 'message' &&
    entry.no > readUpTo &&
    entry.no <= opened;
  const at = items.findIndex(missed);
  if (at < 0 || (at === 0 && low === 1)) return null;
  return { at, n: items.filter(missed).length, more: low > readUpTo + 1 };
}
