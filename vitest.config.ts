import { defineConfig } from 'vitest/config';

export default defineConfig({
  test: {
    include: [
      'packages/*/{src,test}/**/*.test.ts',
      'apps/*/{src,test}/**/*.test.ts',
      'scripts/**/*.test.mjs',
      'experiments/*/*.test.ts',
    ],
    globalSetup: 'scripts/test-folder.mjs',
    testTimeout: 60_000,
    hookTimeout: 60_000,
  },
});
