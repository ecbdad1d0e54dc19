import type { CellComparison, Comparison, Sweep } from '@flover/metrics';
import { expect, test } from 'vitest';
import { headline } from '../facts/headline.ts';
import { signsAmong } from '../facts/signs.ts';
import { settingName } from '../facts/sweeps.ts';
import { amount, quantityOf } from '../facts/varied.ts';
import { html } from '../marks/html.ts';
import { paritySection } from '../pages/parity.ts';
import { tinyReport } from '../testing/tiny-comparison.ts';
import { tinySweep } from '../testing/tiny-site.ts';
import { ecdfFigure } from './ecdf-figure.ts';
import { errorFigure } from './error-figure.ts';
import { policiesFigure } from './policies-figure.ts';
import { sweepFigures } from './sweep-figure.ts';

const { comparison: tiny, signs } = tinyReport();
const [first, second] = tiny.cells as [CellComparison, CellComparison];

/** Both policies with the real metrics of the first, those of the second a little larger. */
function nearly(factor: number): Comparison {
  const values = Object.fromEntries(
    Object.entries(first.real!.metrics.values).map(([key, value]) => [
      key,
      value && value * factor,
    ]),
  ) as NonNullable<typeof first.real>['metrics']['values'];
  const real = { ...second.real!, metrics: { ...second.real!.metrics, values } };
  return { ...tiny, cells: [first, { ...second, real }] };
}

test('nothing is ranked by less than half a percent', () => {
  expect(headline(nearly(1.004))).toContain(
    'on average on the engine, as long as under sequential;',
  );
  expect(headline(nearly(0.996))).toContain(', as long as under sequential;');
  expect(headline(nearly(1.02))).toContain(', 1.02 times sooner than sequential;');
  expect(policiesFigure(nearly(1.004), signs).finding).toBe(
    'On the engine temporal-fusion and sequential are alike in median E2E latency: 9 ms, within 0.5 % of each other.',
  );
  expect(policiesFigure(nearly(1.02), signs).finding).toMatch(
    /temporal-fusion has the lowest .* puts them in the (same|other) order\.$/,
  );
});

test('of all pairs of policies those are counted that the simulator puts in the order of the engine', () => {
  const cell = (label: string, real: number, simulated: number): CellComparison => {
    const run = (one: NonNullable<typeof first.real>, e2eMsP50: number) => ({
      ...one,
      metrics: { ...one.metrics, values: { ...one.metrics.values, e2eMsP50 } },
    });
    return {
      ...first,
      label,
      real: run(first.real!, real),
      simulated: run(first.simulated!, simulated),
    };
  };
  const three = signsAmong([['a', 'b', 'c']]);
  const told = (...cells: CellComparison[]) => policiesFigure({ ...tiny, cells }, three).finding;
  const [a, b, c] = [cell('a', 10, 11), cell('b', 20, 31), cell('c', 30, 21)];
  expect(told(a, b, c)).toMatch(
    /; the simulator puts 2 of the 3 pairs of policies in the same order\.$/,
  );
  expect(told(a, b, cell('c', 30, 41))).toMatch(
    / puts all 3 pairs of policies in the same order\.$/,
  );
  expect(told(a, b)).toMatch(/ puts them in the same order\.$/);
  expect(told(b, c)).toMatch(/ puts them in the other order\.$/);
  expect(told(a, cell('b', 10.04, 31), c)).toContain(
    'On the engine a and b have the lowest median E2E latency (10 ms, within 0.5 % of each other) and c the highest (30 ms)',
  );
});

/** A sweep in which the second policy reaches a share of what the first does. */
function sweepOf(share: number): Sweep {
  const sweep = tinySweep();
  const points = sweep.points.map((point, i) => {
    const best = sweep.points[i - (i % 2)]!.metrics.generatedTokensPerSecond!;
    const estimate = best.estimate * (i % 2 === 0 ? 1 : share);
    const generatedTokensPerSecond = { ...best, estimate };
    return { ...point, metrics: { ...point.metrics, generatedTokensPerSecond } };
  });
  return { ...sweep, points };
}

test('who comes as far under another load is not alike', () => {
  const sweep = sweepOf(0.5);
  const points = sweep.points.map((point) => {
    const load = point.axes['workload.arrivals.requestsPerSecond'];
    const metric = point.metrics.generatedTokensPerSecond!;
    const estimate = point.label === 'sequential' && load === 4 ? 1599 : metric.estimate;
    return {
      ...point,
      metrics: { ...point.metrics, generatedTokensPerSecond: { ...metric, estimate } },
    };
  });
  expect(sweepFigures({ ...sweep, points }, signs)[0]!.finding).toBe(
    'temporal-fusion reaches the highest generation, 1,600 tokens/s at 16 requests per second; ' +
      'of the others sequential comes to 99.9 % of it.',
  );
});

test('policies that generate alike are said to', () => {
  expect(sweepFigures(sweepOf(0.998), signs)[0]!.finding).toBe(
    'temporal-fusion and sequential are alike: they reach the highest generation, 1,600 tokens/s at ' +
      '16 requests per second, within 0.5 % of each other.',
  );
  expect(sweepFigures(sweepOf(0.99), signs)[0]!.finding).toMatch(
    /of the others sequential comes to 99 %/,
  );
});

test('axes and settings are said in words', () => {
  const said = (key: string, value: number) => amount(value, quantityOf(key));
  expect(said('workload.scaleRateBy', 2)).toBe('2 times the recorded rate');
  expect(said('workload.scaleRateBy', 1)).toBe('the recorded rate');
  expect(said('arrivals.intervalMs', 0)).toBe('an interval of 0 ms');
  expect(said('arrivals.meanIntervalMs', 20)).toBe('a mean interval of 20 ms');
  const point = (output: object) => ({ ...tinySweep().points[0]!, axes: { output } });
  expect(settingName(point({ kind: 'fixed', tokens: 512 }))).toBe('output of 512 tokens');
  const drawn = { kind: 'log-normal', medianTokens: 64, sigma: 1.5, minTokens: 2, maxTokens: 1000 };
  expect(settingName(point(drawn))).toBe(
    'output of 64 tokens at the median, sigma 1.5, at most 1,000',
  );
  expect(settingName(point({ kind: 'uniform', minTokens: 128, maxTokens: 512 }))).toBe(
    'output of 128 to 512 tokens',
  );
});

test('one run is not counted', () => {
  const alone = { ...tiny, cells: [first] };
  expect(html(paritySection(alone)!)).toMatch(
    /repeated all 17 decisions of the engine run; the simulator (decided|did not decide) every iteration as the engine did\./,
  );
  expect(errorFigure(alone)!.finding).not.toMatch(/\bno of one|all one|one of one/);
});

test('an error that nobody would see has no larger part', () => {
  const split = first.split!.map((part) => ({ ...part, costModel: 1e-9, divergence: 1e-9 }));
  expect(errorFigure({ ...tiny, cells: [{ ...first, split }] })!.finding).toBe(
    'The mean E2E latency of temporal-fusion is predicted to 0.1 %.',
  );
});

test('an error of other decisions alone is theirs', () => {
  const split = first.split!.map((part) => ({ ...part, costModel: 0, divergence: 1 }));
  expect(errorFigure({ ...tiny, cells: [{ ...first, split }] })!.finding).toMatch(
    /^The larger part of the error in mean E2E latency comes of other decisions; the largest error/,
  );
});

test('a policy without its trace is named, and the others are told by what was kept', () => {
  const { comparison, runs } = tinyReport();
  const kept = Object.entries(runs).filter(([folder]) => folder === second.real!.folder);
  const { finding, note } = ecdfFigure({ comparison, signs, runs: Object.fromEntries(kept) })!;
  expect(finding).toMatch(
    /^Half of the requests have their first token within .* under sequential\.$/,
  );
  expect(note).toMatch(/No trace of the engine was kept under temporal-fusion\.$/);
  expect(ecdfFigure({ comparison, signs, runs })!.note).not.toContain('No trace');
});

test('a figure of one setting names it in its title, and its rows name the policies alone', () => {
  const output = { kind: 'log-normal', medianTokens: 64, sigma: 1.5, maxTokens: 1000 };
  const points = tinySweep().points.slice(0, 2);
  const cut = {
    ...tinySweep(),
    axes: [{ key: 'workload.output', values: [output, { kind: 'fixed', tokens: 8 }] }],
    points: points.map((point) => ({ ...point, axes: { 'workload.output': output } })),
  };
  const [figure] = sweepFigures(cut, signs);
  const setting = 'output of 64 tokens at the median, sigma 1.5, at most 1,000';
  expect(figure!.title).toBe(`tiny-sweep: ${setting}`);
  const drawn = html(figure!.drawing);
  for (const { label } of points) expect(drawn).toContain(`>${label}<`);
  expect(drawn).not.toContain(setting);
});
