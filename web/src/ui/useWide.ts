/** Whether the page is at least so many pixels wide, drawn again when that changes. */
import { useSyncExternalStore } from 'react';

const queries = new Map<number, MediaQueryList>();

function query(least: number): MediaQueryList {
  let found = queries.get(least);
  if (!found) {
    found = matchMedia(`(min-width: ${least}px)`);
    queries.set(least, found);
  }
  return found;
}

export const useWide = (least: number): boolean =>
  useSyncExternalStore(
    (reader) => {
      query(least).addEventListener('change', reader);
      return () => query(least).removeEventListener('change', reader);
    },
    () => query(least).matches,
  );
