import { readdirSync } from 'node:fs';
import { join } from 'node:path';
import { fileURLToPath } from 'node:url';
import { expect, test } from 'vitest';
import { loadSweep } from '../sweep/sweep-file.ts';

const folder = fileURLToPath(new URL('../../../../experiments', import.meta.url));
const files = readdirSync(folder, { recursive: true, encoding: 'utf8' })
  .filter((file) => file.endsWith('.yaml') && !file.includes('results'))
  .sort();

test('there are experiments', () => {
  expect(files.length).toBeGreaterThan(10);
});

test.each(files)('%s is sound', (file) => {
  // A sweep without axes is an experiment; one that measures first is sound, and no sweep.
  try {
    loadSweep(join(folder, file));
  } catch (error) {
    const { message } = error as Error;
    // Recorded traffic is fetched by whoever wants it.
    expect(message).toMatch(/cannot read .*\/traces\/|a sweep predicts from/);
  }
});
