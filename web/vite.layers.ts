/** Every style sheet names the order of the layers first: whichever is loaded first, it is the same order. */
import type { Plugin } from 'vite';

export const layers = (): Plugin => ({
  name: 'layer-order',
  enforce: 'pre',
  transform(code, id) {
    if (!/\.css($|\?)/.test(id)) return null;
    return { code: `@layer tokens, base, ui, app;\n${code}`, map: null };
  },
});
