/** The server's clock, so that a countdown ends when the server says so and not when the device does. */

let offset = 0;
let best = Number.POSITIVE_INFINITY;

/** Takes a reading: the server's `now`, and how long the answer took (ms). The quickest answer wins. */
export function setClock(serverNow: number, tookMs: number, at: number = Date.now()): void {
  if (tookMs > best) return;
  best = tookMs;
  offset = serverNow + tookMs / 2 - at;
}

/** The server's time now, in UTC milliseconds. */
export const serverNow = (): number => Date.now() + offset;

/** Forgets every reading: for tests and after the device slept. */
export function resetClock(): void {
  offset = 0;
  best = Number.POSITIVE_INFINITY;
}
