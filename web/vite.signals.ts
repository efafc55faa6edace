/**
 * React makes a few errors when it is loaded that it throws to itself as signals. A browser notes for each where it was
 * made, and reads the whole script a second time for that: a fifth of a second on a slow phone. As signals they need no place.
 */
import type { Plugin } from 'vite';

const MADE = /\bError\((formatProdErrorMessage\((?:460|461|474|519|542)\))\)/g;

export const signals = (): Plugin => ({
  name: 'placeless-signals',
  apply: 'build',
  transform(code, id) {
    if (!id.endsWith('react-dom-client.production.js')) return null;
    const found = code.match(MADE)?.length ?? 0;
    if (found !== 5) this.error(`React makes ${found} signals, not the five that are known`);
    const signal = 'Object.create(Error.prototype, { message: { value: $1 } })';
    return { code: code.replace(MADE, signal), map: null };
  },
});
