import type { Comparison } from '@flover/metrics';
import { expect, test } from 'vitest';
import { tinyReport } from '../testing/tiny-comparison.ts';
import { lowestLatency } from './lowest-latency.ts';

const tiny = tinyReport().comparison;

/** The tiny comparison with these median E2E latencies, milliseconds, of policies a, b, ... */
function ran(name: string, ...medians: number[]): Comparison {
  const [cell] = tiny.cells;
  const cells = medians.map((e2eMsP50, i) => {
    const real = cell!.real!;
    const values = { ...real.metrics.values, e2eMsP50 };
    return {
      ...{ ...cell!, label: 'abc'[i]! },
      real: { ...real, metrics: { ...real.metrics, values } },
    };
  });
  return { ...tiny, name, cells };
}
const of = (...comparisons: Comparison[]) => lowestLatency(comparisons, ({ name }) => name);

test('who is ahead in few comparisons is told with the times, whoever comes last too', () => {
  expect(of(ran('x', 20, 10, 40), ran('y', 5, 50))).toBe(
    'By median E2E latency, in x b is ahead (10 ms; c 40 ms) and in y a is ahead (5 ms; b 50 ms)',
  );
});

test('what is alike has no winner', () => {
  expect(of(ran('x', 10, 10.01))).toBe('By median E2E latency, in x a and b are alike (10 ms)');
  expect(of(ran('x', 10, 10.01, 20))).toBe(
    'By median E2E latency, in x a and b are ahead (10 ms; c 20 ms)',
  );
});

test('many are counted, alike ones too, and a policy alone is no comparison', () => {
  const ahead = [ran('1', 1, 2), ran('2', 1, 2), ran('3', 2, 1), ran('4', 1, 1)];
  expect(of(...ahead, ran('5', 1))).toBe(
    'By median E2E latency, of four comparisons of policies a is ahead in two, b is ahead in one ' +
      'and the first are alike in one',
  );
  expect(of(ran('5', 1))).toBe('');
});
