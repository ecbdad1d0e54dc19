import { expect, test } from 'vitest';
import { tinyTrace } from '../testing/tiny-run.ts';
import { packRun, unpackRun } from './packed-run.ts';
import { DEFAULT_LIMITS, runDetail } from './run-detail.ts';

test('a run is unpacked as it was packed, through JSON too', () => {
  const requests = Array.from({ length: 40 }, (_, i) => [i * 3, 1 + (i % 7)] as const);
  const { world, outcome, requests: _, ...drawn } = runDetail(tinyTrace({ requests, slots: 3 }));
  expect(unpackRun(JSON.parse(JSON.stringify(packRun(drawn))))).toEqual(drawn);
});

test('at the usual limits the longest run stays near 300 KB', () => {
  const requests = Array.from({ length: 6000 }, (_, i) => [i * 7, 6] as const);
  const detail = runDetail(tinyTrace({ requests }), DEFAULT_LIMITS);
  expect(detail.iterations.startMicros.length).toBeGreaterThan(3000);
  expect(JSON.stringify(packRun(detail)).length).toBeLessThan(330_000);
});
