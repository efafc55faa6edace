/** The client's side: widget frame and full-screen page on Preact, small enough for a broker's page. */
import { fileURLToPath } from 'node:url';
import { defineConfig } from 'vite';
import { layers } from './vite.layers.ts';

const at = (path: string) => fileURLToPath(new URL(path, import.meta.url));

export default defineConfig({
  plugins: [layers()],
  resolve: {
    alias: [
      { find: /^react$/, replacement: at('./src/widget/react.ts') },
      { find: /^react\/jsx-(dev-)?runtime$/, replacement: 'preact/jsx-runtime' },
    ],
  },
  // The names of classes travel in the script as well: short ones.
  css: { modules: { generateScopedName: '[hash:base64:5]' } },
  build: {
    target: 'es2022',
    emptyOutDir: false,
    license: { fileName: '.vite/license-widget.md' },
    modulePreload: { polyfill: false },
    assetsInlineLimit: 0,
    rolldownOptions: { input: { frame: at('./widget/frame.html'), client: at('./client.html') } },
  },
});
