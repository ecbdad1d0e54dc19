import { expect, test } from 'vitest';
import { policiesOf } from '../facts/policies.ts';
import { tinyReport } from '../testing/tiny-comparison.ts';
import { latencies, pairs } from './request-values.ts';

test('requests that arrive within the warm-up are in no distribution', () => {
  const data = tinyReport();
  const [policy] = policiesOf(data.comparison);
  const { requests } = data.runs[policy!.cells[0]!.real!.folder]!;
  const first = Math.min(...requests.arrivalMicros);
  const second = Math.min(...requests.arrivalMicros.filter((micros) => micros > first));
  const warm = { ...data, comparison: { ...data.comparison, warmupMs: second / 1000 } };
  const of = (report: typeof data) => latencies(report, policy!, 'real', 'E2E').length;
  expect(of(data)).toBe(requests.outcome.filter((outcome) => outcome === 'served').length);
  expect(of(warm)).toBeLessThan(of(data));
  expect(of(warm)).toBeGreaterThan(0);
  const later = requests.id.filter((_, i) => requests.arrivalMicros[i]! >= second);
  const paired = pairs(warm).filter((pair) => pair.policy.label === policy!.label);
  expect(paired.map(({ request }) => request)).toEqual(later);
});
