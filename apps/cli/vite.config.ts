import { fileURLToPath } from 'node:url';
import { defineConfig } from 'vite';

// One file that runs on any Node 20 or newer, without node_modules; only a user's own TypeScript
// policy needs the compiler that stays outside.
export default defineConfig({
  build: {
    ssr: fileURLToPath(new URL('src/main.ts', import.meta.url)),
    target: 'node20',
    outDir: 'dist',
    minify: false,
    sourcemap: false,
    rollupOptions: {
      external: ['esbuild'],
      output: { entryFileNames: 'flover.mjs', format: 'esm' },
    },
  },
  ssr: { noExternal: true, external: ['esbuild'] },
});
