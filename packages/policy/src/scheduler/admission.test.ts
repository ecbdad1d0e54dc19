import fc from 'fast-check';
import { expect, it } from 'vitest';
import type { MemoryConfig } from '../config.ts';
import { memoryArbitrary } from '../testing/arbitraries.ts';
import { ScriptedRun } from './scripted-run.ts';

interface Size {
  readonly promptTokens: number;
  readonly maxOutputTokens: number;
  readonly width: number;
}

/** The KV of the last token is never written, so that one fewer must find room in paged memory. */
function fits(size: Size, memory: MemoryConfig, maxSequences: number, maxTokens: number): boolean {
  const { promptTokens, maxOutputTokens, width } = size;
  const tokens = promptTokens + maxOutputTokens;
  if (tokens > maxTokens || width > maxSequences) return false;
  if (memory.kind !== 'paged') return width <= memory.slots;
  return width * Math.ceil((tokens - 1) / memory.blockTokens) <= memory.blocks;
}

const size: fc.Arbitrary<Size> = fc.record({
  promptTokens: fc.integer({ min: 1, max: 9 }),
  maxOutputTokens: fc.integer({ min: 1, max: 9 }),
  width: fc.constantFrom(1, 1, 2, 3),
});

it('a request that fits, to the last token and block, is served whole; all others are refused', () => {
  fc.assert(
    fc.property(
      fc.constantFrom('continuous-batching', 'temporal-fusion', 'chunked-prefill'),
      size,
      memoryArbitrary(),
      fc.integer({ min: 1, max: 3 }),
      fc.integer({ min: 2, max: 18 }),
      (policy, request, memory, maxSequences, maxSequenceTokens) => {
        const run = new ScriptedRun({ policy, memory, maxSequences, maxSequenceTokens });
        const { promptTokens, maxOutputTokens, width } = request;
        const group = width === 1 ? 'single' : 'samples';
        const lines = run.arrive(0, promptTokens, maxOutputTokens, group, width);
        if (fits(request, memory, maxSequences, maxSequenceTokens)) {
          const last = [...lines, ...run.drain()].filter((line) => line.startsWith('finish'));
          expect(last).toEqual([`finish request 0: length, ${maxOutputTokens} tokens`]);
        } else {
          expect(lines).toEqual([expect.stringMatching(/^refuse request 0: .*exceed/)]);
        }
        expect(run.scheduler.view).toMatchObject({ requests: 0, waiting: 0, blocksReserved: 0 });
      },
    ),
    { numRuns: 500 },
  );
});
