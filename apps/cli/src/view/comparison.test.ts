import type { Comparison, MetricValues } from '@flover/metrics';
import { expect, test } from 'vitest';
import { comparisonTable, signedError, tenantsTable, verdictLines } from './comparison.ts';

function cell(label: string, seed: number, simulated: number, real: number) {
  const run = (e2eMsP50: number) => ({
    metrics: { values: { e2eMsP50 } as unknown as MetricValues },
  });
  return { label, seed, simulated: run(simulated), real: run(real) };
}

/** The table's lines from the rule on. */
function lines(cells: unknown[]): string[] {
  const all = comparisonTable({ cells } as unknown as Comparison).split('\n');
  return all.slice(all.findIndex((line) => line.startsWith('──')));
}

test('one seed: the values and their signed error', () => {
  const [, simulated, real, error] = lines([cell('fusion', 1, 110, 100)]);
  expect(simulated).toMatch(/^fusion +simulated .* 110 /);
  expect(real).toMatch(/^ +real .* 100 /);
  expect(error).toMatch(/\+10\.0 %/);
});

test('several seeds: means with the half-width of their interval', () => {
  // Of 1, 2, 3: mean 2, standard error 1 / sqrt(3), t(0.975, 2) = 4.303.
  const table = lines([cell('fusion', 1, 1, 4), cell('fusion', 2, 2, 4), cell('fusion', 3, 3, 4)]);
  expect(table).toHaveLength(4);
  expect(table[1]).toMatch(/ 2 ± 2 /);
  expect(table[2]).toMatch(/ 4 ± 0 /);
  expect(table[3]).toMatch(/-50\.0 %/);
});

test('where requests have objectives, how many meet them and the mean latency are told', () => {
  const run = (e2eMsMean: number, sloShare: number) => ({
    metrics: { values: { e2eMsMean, sloShare, goodputRequestsPerSecond: 7.546 } },
  });
  const cells = [{ label: 'fusion', seed: 1, simulated: run(120, 0.84), real: run(100, 0.8) }];
  const asked = { cells } as unknown as Comparison;
  const [simulated, , error] = comparisonTable(asked).split('\n').slice(-3);
  expect(simulated).toMatch(/ 120 +7\.55 +0\.840$/);
  expect(error).toMatch(/ \+20\.0 % +\+0\.0 % +\+5\.0 %$/);
  const none = { cells: [cell('fusion', 1, 1, 1)] } as unknown as Comparison;
  expect(comparisonTable(none)).not.toContain('SLO');
});

test('what is not defined is a dash, never a number', () => {
  expect(signedError(1, 0)).toBeNull();
  expect(signedError(null, 2)).toBeNull();
  expect(lines([cell('fusion', 1, 1, 0)])[3]).not.toMatch(/NaN|Infinity/);
});

test('a run that was cut off is told from one that came to its end', () => {
  const whole = cell('fusion', 1, 1, 1);
  const cut = { ...whole, real: { ...whole.real, outcome: 'cancelled' } };
  expect(lines([whole])[2]).toMatch(/^ +real {2}/);
  expect(lines([cut]).slice(1, 3)).toEqual([
    expect.stringMatching(/^fusion +simulated {2}/),
    expect.stringMatching(/^ +real, cut off {2}/),
  ]);
  const told = verdictLines({ cells: [], outcome: 'cancelled' } as unknown as Comparison);
  expect(told).toEqual([expect.stringMatching(/^interrupted/)]);
});

test('where metrics were predicted, how many lay in their intervals', () => {
  const coverage = { level: 0.9, predicted: 60, covered: 51, share: 0.85 };
  const told = verdictLines({ cells: [], coverage } as unknown as Comparison);
  expect(told).toEqual(['prediction intervals of 90 % held 51 of 60 metrics (85 %)']);
  expect(verdictLines({ cells: [] } as unknown as Comparison)).toEqual([]);
  const tenantCoverage = [{ tenant: null, level: 0.9, predicted: 4, covered: 3, share: 0.75 }];
  const all = { cells: [], coverage, tenantCoverage };
  expect(verdictLines(all as unknown as Comparison)[1]).toBe(
    '  of tenant (none): 3 of 4 metrics (75 %)',
  );
});

test.each([
  ['an H100', 'an H100', []],
  ['an H100', 'an H100, 2 ranks', []],
  ['an H100', 'an H100 NVL', [/^predicted from an H100, really run on an H100 NVL/]],
  [undefined, 'an H100', []],
])('predicted from %s and run on %s', (measured, device, said) => {
  const costModel = { name: 'profile', from: 'p.json', ...(measured && { device: measured }) };
  const engine = { backend: 'cuda', device, reason: '' };
  const told = verdictLines({ cells: [], costModel, engine } as unknown as Comparison);
  expect(told).toEqual(said.map((line) => expect.stringMatching(line)));
});

test('several tenants have a table of their own, a row a world, and one tenant has none', () => {
  const run = (...ttfts: (readonly [string | null, number])[]) => ({
    metrics: {
      values: { serviceGapTokens: 1234 },
      tenants: ttfts.map(([tenant, ttftMsMean]) => ({ tenant, values: { ttftMsMean } })),
    },
  });
  const two = {
    label: 'fair',
    simulated: run(['chat', 30], [null, 99]),
    real: run(['chat', 25], [null, 110]),
  };
  const comparison = { cells: [two] } as unknown as Comparison;
  const table = tenantsTable(comparison)!.split('\n');
  expect(table.slice(-6)).toEqual([
    expect.stringMatching(/^fair +chat +simulated .* 30 /),
    expect.stringMatching(/^ +real .* 25 /),
    expect.stringMatching(/^ +error .* \+20\.0 % /),
    expect.stringMatching(/^ +\(none\) +simulated .* 99 /),
    expect.stringMatching(/^ +real .* 110 /),
    expect.stringMatching(/^ +error .* -10\.0 % /),
  ]);
  expect(comparisonTable(comparison)).toMatch(/1234$/m);
  const one = { cells: [{ label: 'fair', real: run(['chat', 25]) }] } as unknown as Comparison;
  expect(tenantsTable(one)).toBeUndefined();
  expect(comparisonTable(one)).not.toContain('1234');
});
