/** The React applications (desk, console) and the development server; see vite.widget.config.ts for the widget. */
import { fileURLToPath } from 'node:url';
import optimizeLocales from '@react-aria/optimize-locales-plugin';
import react from '@vitejs/plugin-react';
import { defineConfig } from 'vite';
import { chunks } from './vite.chunks.ts';
import { early } from './vite.early.ts';
import { layers } from './vite.layers.ts';
import { signals } from './vite.signals.ts';

const server = process.env.VISAVIS_DEV_SERVER ?? 'http://127.0.0.1:8000';
const at = (path: string) => fileURLToPath(new URL(path, import.meta.url));

export default defineConfig({
  plugins: [
    layers(),
    early(),
    signals(),
    react(),
    { ...optimizeLocales.vite({ locales: ['zh-CN', 'en-US'] }), enforce: 'pre' as const },
  ],
  server: {
    proxy: { '/api': server, '/ws': { target: server, ws: true } },
  },
  build: {
    target: 'es2022',
    license: { fileName: '.vite/license-apps.md' },
    modulePreload: { polyfill: false },
    assetsInlineLimit: 0,
    rolldownOptions: {
      input: {
        desk: at('./desk.html'),
        console: at('./console.html'),
        worker: at('./src/worker/desk.ts'),
        'early-desk': at('./src/apps/desk/early.ts'),
        'early-console': at('./src/apps/console/early.ts'),
      },
      output: {
        codeSplitting: chunks,
        // The service worker keeps its name: its address is what is registered.
        entryFileNames: ({ name }) =>
          name === 'worker' ? 'desk/worker.js' : 'assets/[name]-[hash].js',
      },
    },
  },
});
