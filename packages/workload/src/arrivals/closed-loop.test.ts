import fc from 'fast-check';
import { expect, test } from 'vitest';
import type { WorkloadRequest } from '../request.ts';
import { createSource } from '../source.ts';

function closedLoop(concurrency: number, thinkTime: 'constant' | 'exponential', requests = 40) {
  return createSource(
    {
      kind: 'synthetic',
      requests,
      arrivals: { kind: 'closed-loop', concurrency, thinkTimeMs: 10, thinkTime },
      prompt: { kind: 'uniform', minTokens: 1, maxTokens: 1000 },
      output: { kind: 'uniform', minTokens: 1, maxTokens: 1000 },
    },
    { seed: 4 },
  );
}

test('a client asks again when it was answered and has thought', () => {
  const source = closedLoop(2, 'constant', 4);
  expect([source.take(), source.take()].map((request) => request.arrivalNanos)).toEqual([0, 0]);
  expect(source.peekNanos()).toBeUndefined();
  source.finished(1, 5_000_000);
  expect(source.take().arrivalNanos).toBe(15_000_000);
  source.finished(0, 6_000_000);
  source.finished(2, 20_000_000);
  expect(source.take()).toMatchObject({ id: 3, arrivalNanos: 16_000_000 });
  expect(source.peekNanos()).toBeUndefined();
});

test('a request that is not under way cannot finish', () => {
  const source = closedLoop(1, 'constant');
  source.take();
  source.finished(0, 1);
  expect(() => source.finished(0, 2)).toThrow('request 0 finished but is not under way');
});

test('whatever finishes first, the k-th request and its think time are the same', () => {
  const lengthsOf = ({ id, promptTokens, outputTokens }: WorkloadRequest) => [
    id,
    promptTokens,
    outputTokens,
  ];
  fc.assert(
    fc.property(
      fc.integer({ min: 1, max: 6 }),
      fc.infiniteStream(fc.nat()),
      fc.infiniteStream(fc.nat()),
      (concurrency, one, other) => {
        const run = (choices: Iterator<number>) => {
          const source = closedLoop(concurrency, 'exponential');
          const underWay: WorkloadRequest[] = [];
          const taken: unknown[] = [];
          const thinkNanos = new Map<number, number>();
          let nowNanos = 0;
          while (taken.length < source.count) {
            while (source.peekNanos() !== undefined) {
              const request = source.take();
              expect(request.arrivalNanos).toBeLessThanOrEqual(nowNanos);
              underWay.push(request);
              taken.push(lengthsOf(request));
            }
            expect(underWay.length).toBeLessThanOrEqual(concurrency);
            const [next] = underWay.splice(choices.next().value % underWay.length, 1);
            source.finished(next!.id, nowNanos);
            if (concurrency === 1 && source.peekNanos() !== undefined) {
              thinkNanos.set(next!.id, source.peekNanos()! - nowNanos);
            }
            nowNanos += 1e9;
          }
          return { taken, thinkNanos };
        };
        expect(run(one)).toEqual(run(other));
      },
    ),
    { numRuns: 50 },
  );
});
