/** Lets the keyboard reach the composer that is on the screen, wherever it is. */

type Act = (start?: string) => void;

let composer: Act | null = null;

/** The composer announces how it takes the focus; returns how it leaves. */
export function announce(act: Act): () => void {
  composer = act;
  return () => {
    if (composer === act) composer = null;
  };
}

/** Puts the focus where one writes; with `start` in an empty text. */
export function write(start?: string): void {
  composer?.(start);
}
