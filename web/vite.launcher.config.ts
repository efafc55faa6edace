/** widget/launcher.js: one classic script under a stable name, which a broker's page includes. */
import { fileURLToPath } from 'node:url';
import { defineConfig } from 'vite';

export default defineConfig({
  publicDir: false,
  build: {
    target: 'es2020',
    emptyOutDir: false,
    lib: {
      entry: fileURLToPath(new URL('./src/widget/launcher.ts', import.meta.url)),
      formats: ['iife'],
      name: 'VisavisLauncher',
      fileName: () => 'widget/launcher.js',
    },
  },
});
