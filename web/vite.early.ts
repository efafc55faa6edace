/** A small script of each application comes first and alone: it asks for words and answers while the large one loads. */
import type { Plugin } from 'vite';

export const early = (): Plugin => ({
  name: 'early',
  transformIndexHtml: {
    order: 'post',
    handler(_html, { path, bundle }) {
      const name = `early-${path.replace(/^\/|\.html$/g, '')}`;
      const built = Object.values(bundle ?? {}).find(
        (one) => one.type === 'chunk' && one.isEntry && one.name === name,
      );
      const src = built ? `/${built.fileName}` : `/src/apps/${name.replace('early-', '')}/early.ts`;
      return [
        { tag: 'script', attrs: { type: 'module', async: true, src }, injectTo: 'head-prepend' },
      ];
    },
  },
});
