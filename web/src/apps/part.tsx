/** Parts of an application that arrive when they are needed, each in a script of its own. */
import { type ComponentType, lazy, useState } from 'react';

export interface Piece {
  default: ComponentType;
  /** Asks for what its first drawing shows. */
  begin?: () => Promise<unknown>;
}

/** Longer than this (ms) nobody waits for a page's figures before he sees the page. */
const SOON_MS = 300;

/** Waits for what a page shows first, but not long: what is late finds its place later. */
export const soon = (...work: Promise<unknown>[]): Promise<unknown> =>
  Promise.race([Promise.all(work), new Promise((done) => setTimeout(done, SOON_MS))]);

/** A page in a script of its own. */
export interface Part {
  fetch: () => Promise<Piece>;
  Later: ComponentType;
  /** The page, once it has arrived. */
  here?: ComponentType;
}

export function part(load: () => Promise<Piece>): Part {
  const fetch = async () => {
    const piece = await load();
    made.here = piece.default;
    return piece;
  };
  const made: Part = { fetch, Later: lazy(fetch) };
  return made;
}

/** Draws a part: at once where it is there already, as after `fetch`; else when it has come. */
export function Arrived({ of }: { of: Part }) {
  // Chosen once: a change under way would begin the page anew.
  const [Page] = useState(() => of.here ?? of.Later);
  return <Page />;
}
