import { fileURLToPath } from 'node:url';
import { defineConfig } from 'vite';

// What the page runs in the browser: one script that is put into the page itself.
export default defineConfig({
  build: {
    lib: {
      entry: fileURLToPath(new URL('src/browser/main.ts', import.meta.url)),
      name: 'floverReport',
      formats: ['iife'],
      fileName: () => 'report.js',
    },
    target: 'es2022',
    outDir: fileURLToPath(new URL('dist', import.meta.url)),
    sourcemap: false,
  },
});
