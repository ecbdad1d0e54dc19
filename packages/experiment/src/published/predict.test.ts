import { describe, expect, test } from 'vitest';
import { constantIntervalRows } from './constant-interval.ts';
import { aloneSeconds, fitSingleRequest } from './fit.ts';
import { Column, overlapRows, seeds } from './poisson.ts';
import { publishedModels, tables } from './tables.ts';

describe.each(publishedModels)('%s', (model) => {
  const fit = fitSingleRequest(model);

  test('alone, a request takes as long as was printed', () => {
    expect(aloneSeconds(fit)).toBeCloseTo(tables.constantInterval.models[model].flover[0]!, 6);
    expect(fit.iterationMicros).toBeGreaterThan(0);
  });

  test('what was not fitted of figures 4a and 4c is within 5 %', () => {
    const rows = constantIntervalRows(fit).filter((row) => !row.quantity.startsWith('speed-up'));
    expect(rows.filter((row) => row.fitted)).toHaveLength(1);
    expect(rows).toHaveLength(9);
    for (const { column, errorPercent } of rows) {
      expect.soft(Math.abs(errorPercent), column).toBeLessThan(5);
    }
  });
});

test('the printed iterations of figure 8 are draws that the prediction expects', () => {
  const fit = fitSingleRequest('gptj-6b');
  const outside = tables.poisson.meanIntervalMs.filter((interval, i) => {
    const column = new Column(fit, interval);
    const runs = seeds(40).map((seed) => column.run(seed, 'temporal-fusion', {}));
    const [iterations] = overlapRows(column, runs, i);
    const { published, low, high } = iterations!;
    return published < low! || published > high!;
  });
  // Of fourteen intervals that hold 95 % of draws, more than two miss once in thirty-three times.
  expect(outside.length).toBeLessThanOrEqual(2);
});

test('requests that come one by one hardly meet, and those that come at once always do', () => {
  const fit = fitSingleRequest('gptj-6b');
  const overlapAt = (interval: number) =>
    new Column(fit, interval).run(1, 'temporal-fusion', {}).activeRequestsMean!;
  expect(overlapAt(100_000)).toBeLessThan(1.2);
  expect(overlapAt(0.001)).toBeGreaterThan(31.5);
});
