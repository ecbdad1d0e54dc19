import { type Comparison, type Sweep, TENANT_KEYS, type TenantKey } from '@flover/metrics';
import { expect, test } from 'vitest';
import { signsAmong } from '../facts/signs.ts';
import { html } from '../marks/html.ts';
import { tinyReport } from '../testing/tiny-comparison.ts';
import { tinySweep } from '../testing/tiny-site.ts';
import { sweepFigures } from './sweep-figure.ts';
import { tenantsFigure } from './tenants-figure.ts';

type Own = readonly [tenant: string | null, ttftMsMean: number];

const valuesOf = <Value>(known: Partial<Record<TenantKey, Value>>) =>
  Object.fromEntries(TENANT_KEYS.map((key) => [key, known[key] ?? null])) as Record<
    TenantKey,
    Value | null
  >;

/** The tiny comparison with tenants: under each policy the mean time to first token of each. */
function comparisonOf(tenants: Readonly<Record<string, readonly Own[]>>): Comparison {
  const { comparison } = tinyReport();
  const cells = comparison.cells.map((cell) => {
    const own = (tenants[cell.label] ?? []).map(([tenant, ttftMsMean]) => ({
      ...{ tenant, values: valuesOf({ ttftMsMean }) },
    }));
    const real = { ...cell.real!, metrics: { ...cell.real!.metrics, tenants: own } };
    const intervals = { ttftMsMean: { low: 1, high: 9, level: 0.9 } };
    const tenantIntervals = own.map(({ tenant }) => ({ tenant, intervals }));
    const simulated = { ...cell.simulated!, metrics: real.metrics, tenantIntervals };
    return { ...cell, real, simulated };
  });
  return { ...comparison, cells };
}
const signs = signsAmong([['temporal-fusion', 'sequential']]);

test('a row a tenant and policy, with prediction intervals; the widest apart in a sentence', () => {
  const comparison = comparisonOf({
    'temporal-fusion': [
      ['chat', 100],
      [null, 40],
    ],
    sequential: [
      ['chat', 300],
      [null, 50],
    ],
  });
  const { finding, table, drawing } = tenantsFigure(comparison, signs)!;
  expect(finding).toBe(
    'On the engine the requests of chat have their first token after 100 ms on average under ' +
      'temporal-fusion and 300 ms under sequential, of all tenants the widest apart.',
  );
  expect(table.rows).toEqual([
    ['chat', 'temporal-fusion', 'ttftMsMean', 'ms', 100, 1, 9, 100],
    ['chat', 'sequential', 'ttftMsMean', 'ms', 300, 1, 9, 300],
    ['(none)', 'temporal-fusion', 'ttftMsMean', 'ms', 40, 1, 9, 40],
    ['(none)', 'sequential', 'ttftMsMean', 'ms', 50, 1, 9, 50],
  ]);
  for (const label of ['chat: temporal-fusion', '(none): sequential']) {
    expect(html(drawing)).toContain(`>${label}</text>`);
  }
});

test('one tenant, or none, has no figure of its own', () => {
  expect(tenantsFigure(tinyReport().comparison, signs)).toBeUndefined();
  const one = comparisonOf({ 'temporal-fusion': [['chat', 1]], sequential: [['chat', 2]] });
  expect(tenantsFigure(one, signs)).toBeUndefined();
});

test('the largest service gap is told of each policy', () => {
  const two: readonly Own[] = [
    ['a', 1],
    ['b', 1],
  ];
  const comparison = comparisonOf({ 'temporal-fusion': two, sequential: two });
  const cells = comparison.cells.map((cell, i) => {
    const { metrics } = cell.real!;
    const values = { ...metrics.values, serviceGapTokens: 1200 - 200 * i };
    return { ...cell, real: { ...cell.real!, metrics: { ...metrics, values } } };
  });
  expect(tenantsFigure({ ...comparison, cells }, signs)!.finding).toContain(
    ' The largest service gap is 1,200 tokens under temporal-fusion, 1,000 tokens under sequential.',
  );
});

test('a sweep shows each tenant along its axis, a line a policy', () => {
  const tiny = tinySweep();
  const estimate = (value: number) => ({ estimate: value, low: value, high: value, count: 2 });
  const points = tiny.points.map((point) => ({
    ...point,
    tenants: ['a', 'b'].map((tenant) => ({
      tenant,
      metrics: valuesOf({
        sloShare: estimate(0.5),
        ttftMsMean: estimate(tenant === 'a' && point.label === 'sequential' ? 900 : 90),
      }),
    })),
  }));
  const sweep: Sweep = { ...tiny, points };
  const of = (one: Sweep) =>
    sweepFigures(one, signsAmong([one.labels])).filter(({ id }) => id.startsWith('tenants'));
  const [figure] = of(sweep);
  expect(figure!.finding).toMatch(
    /^At .* the requests of a have their first token after 90 ms on average under temporal-fusion and 900 ms under sequential, /,
  );
  for (const panel of ['a: SLO met, share', 'b: TTFT mean, ms']) {
    expect(html(figure!.drawing)).toContain(panel);
  }
  expect(new Set(figure!.table.rows.map(([tenant]) => tenant))).toEqual(new Set(['a', 'b']));
  expect(figure!.table.columns).toContain('ttftMsMean low');
  expect(of(tiny)).toEqual([]);
});
