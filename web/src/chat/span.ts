/** Which part of a long thread is drawn: a span of it that slides under the reader's eye. */

/** This near an edge of what is drawn the span moves on. */
export const EDGE_PX = 600;
/** A short item is at least this high, with the gap above it. */
const LEAST_PX = 36;
/** So many items are drawn at most, however long the thread is: a screen of short ones, and both edges beyond sight. */
export const SPAN = Math.max(
  60,
  Math.ceil(((globalThis.screen?.height ?? 0) + 2 * EDGE_PX) / LEAST_PX),
);
/** So many come at one edge of the span when the reader gets near it, and as many go at the other. */
export const STEP = 16;

/**
 * Where the span begins: at the end of the thread without a `from`, else at the item of that key, moved by so many steps.
 * The end too where that item has gone.
 */
export function begin(
  items: readonly { key: string }[],
  from: string | null,
  steps: number,
): number {
  const end = Math.max(0, items.length - SPAN);
  const was = from === null ? end : items.findIndex((item) => item.key === from);
  return was < 0 ? end : Math.max(0, Math.min(end, was + steps * STEP));
}

/** How many items came after the one of this key; none where it is not known. */
export function since(items: readonly { key: string }[], key: string | undefined): number {
  if (!key || items.at(-1)?.key === key) return 0;
  const at = items.findLastIndex((item) => item.key === key);
  return at < 0 ? 0 : items.length - 1 - at;
}

interface Held {
  element: Element;
  top: number;
}

/** The topmost item in sight and where it stands, so that it can be kept there when others come and go above it. */
export function hold(box: HTMLElement): Held | null {
  const all = box.firstElementChild?.children;
  const { top } = box.getBoundingClientRect();
  // The button for earlier items stands at the top whatever comes: it holds nothing.
  let low = all?.[0]?.localName === 'button' ? 1 : 0;
  let high = (all?.length ?? 0) - 1;
  while (low < high) {
    const middle = (low + high) >> 1;
    if ((all?.[middle]?.getBoundingClientRect().bottom ?? 0) > top) high = middle;
    else low = middle + 1;
  }
  const element = all?.[low];
  return element ? { element, top: element.getBoundingClientRect().top - top } : null;
}

/** Scrolls so that what was held stands where it stood. */
export function keep(box: HTMLElement, held: Held | null): void {
  if (!held?.element.isConnected) return;
  const { top } = box.getBoundingClientRect();
  const moved = held.element.getBoundingClientRect().top - top - held.top;
  if (Math.abs(moved) >= 1) box.scrollTop += moved;
}
