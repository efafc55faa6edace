/** Parts of the page that arrive after its first picture: fetched when the page is idle, drawn at once when there. */
import { type ComponentType, lazy, Suspense, useState } from 'react';
import { Boundary } from './Boundary';

const waiting = new Set<() => Promise<unknown>>();

/** Where the browser cannot say when it is idle, this (ms) will do. */
const SOON_MS = 1_000;

/** Does it when the page is idle. */
export const whenIdle = (act: () => void): void => {
  if (window.requestIdleCallback) window.requestIdleCallback(act);
  else setTimeout(act, SOON_MS);
};

/** Fetches all such parts, one after the other, each when the page is idle. */
export function fetchLate(): void {
  const [next] = waiting;
  if (!next) return;
  waiting.delete(next);
  whenIdle(() => void next().then(fetchLate, fetchLate));
}

interface Coming<P> {
  Later: ComponentType<P>;
  /** The part, once it has arrived. */
  here?: ComponentType<P>;
}

/** A part that arrives late: its place is empty until then, and where it does not come a note says so. */
export function late<P extends object>(load: () => Promise<ComponentType<P>>): ComponentType<P> {
  const fetch = async () => {
    coming.here = await load();
    return { default: coming.here };
  };
  const coming: Coming<P> = { Later: lazy(fetch) };
  waiting.add(fetch);
  return (props) => <Come of={coming} props={props} />;
}

function Come<P extends object>({ of, props }: { of: Coming<P>; props: P }) {
  // Chosen once: a change under way would begin the part anew.
  const [Part] = useState<ComponentType<P>>(() => of.here ?? of.Later);
  return (
    <Boundary quiet at="">
      <Suspense>
        <Part {...props} />
      </Suspense>
    </Boundary>
  );
}
