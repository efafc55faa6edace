/** Hooks that React and Preact both run. */
import { useEffect, useState } from 'react';

/** Draws again after every change of a store; for stores whose content changes in place. */
export function useChanges(store: { subscribe: (reader: () => void) => () => void }): void {
  const [, draw] = useState(0);
  useEffect(() => {
    draw((n) => n + 1);
    return store.subscribe(() => draw((n) => n + 1));
  }, [store]);
}

/** True for a key press that belongs to an input method and not to us. */
export function composing(event: unknown): boolean {
  const key = event as { nativeEvent?: { isComposing?: boolean }; isComposing?: boolean };
  return Boolean(key.nativeEvent?.isComposing ?? key.isComposing);
}

/** The time now, again every `every` milliseconds. */
export function useNow(every: number, now: () => number = Date.now): number {
  const [at, set] = useState(now);
  useEffect(() => {
    const timer = setInterval(() => set(now()), every);
    return () => clearInterval(timer);
  }, [every, now]);
  return at;
}
