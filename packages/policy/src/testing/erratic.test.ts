import { describe, expect, it } from 'vitest';
import { checkLaws } from './check-laws.ts';
import { erratic } from './erratic.ts';

const runs = Number(process.env.FLOVER_LAW_RUNS ?? 250);
const seed = Number(process.env.FLOVER_LAW_SEED ?? 1);
const seeds = Array.from({ length: 16 }, (_, i) => i + 1);

describe.each([1, 2, 3])('a legal policy without any sense, on %d lanes', (lanes) => {
  it.each(['slots', 'contiguous', 'paged'] as const)('keeps every law with %s memory', (memory) => {
    const parameters = seeds.map((each) => ({ lanes, seed: each }));
    const { results } = checkLaws(erratic, { numRuns: runs, seed, memory, parameters });
    const broken = results.filter(({ verdict }) => verdict === 'failed');
    expect(broken.map(({ counterexample }) => counterexample!.text).join('\n\n')).toBe('');
  });
});
