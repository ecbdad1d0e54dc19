import { expect, test } from 'vitest';
import { AIMS } from '../facts/aims.ts';
import { predictedCells } from '../facts/both-worlds.ts';
import { html } from '../marks/html.ts';
import { marksOf } from '../marks/mark.ts';
import { hang } from '../testing/gallery.ts';
import { tinyReport } from '../testing/tiny-comparison.ts';
import { tinySite, withIntervals } from '../testing/tiny-data.ts';
import type { PlacedFigure } from './page.ts';
import { parityPages } from './parity-page.ts';
import { shell } from './shell.ts';

const tiny = tinyReport().comparison;
const named = (name: string, change: object = {}) => ({ ...tiny, name, ...change });

function figuresOf(comparisons: Parameters<typeof tinySite>[0]['comparisons'] = []) {
  const pages = parityPages(tinySite({ comparisons }));
  const placed = pages
    .flatMap(({ content }) => content)
    .filter((part): part is PlacedFigure => 'figure' in part);
  return new Map(placed.map(({ figure }) => [figure.id, figure]));
}

test('a point a policy of each comparison in every panel that has an aim', async () => {
  const scatter = figuresOf([named('a'), named('b')]).get('parity-scatter')!;
  expect(marksOf(scatter.drawing, 'panel')).toHaveLength(AIMS.length);
  expect(marksOf(scatter.drawing, 'request')).toHaveLength(4 * AIMS.length);
  expect(scatter.table.rows).toHaveLength(4 * AIMS.length);
  // By hand, sequential: 3.6, 9 and 10.6 ms were simulated, 4, 10 and 12 ms measured.
  expect(scatter.finding).toMatch(
    /^Over 4 runs .* off by 10\.7 % or less, and the worst by −10\.8 % \(b, sequential\)/,
  );
  await hang('parity-scatter', scatter.drawing);
});

test('errors stand over load with their aims and intervals', async () => {
  const { cells } = predictedCells(tinySite({ comparisons: [tiny] }));
  // Two places: three requests overlap in both lanes of one, and in one of the other.
  for (const { loadPercent } of cells) {
    expect(loadPercent).toBeGreaterThan(0);
    expect(loadPercent).toBeLessThanOrEqual(100);
  }
  const residuals = figuresOf([withIntervals(tiny, 1.05)]).get('residuals')!;
  expect(marksOf(residuals.drawing, 'band')).toHaveLength(AIMS.length);
  expect(marksOf(residuals.drawing, 'whisker')).toHaveLength(2 * AIMS.length);
  const tpot = residuals.table.rows.find((row) => row[3] === 'tpotMsMean')!;
  expect(tpot[4]).toBeCloseTo(-10, 6);
  expect(residuals.finding).toMatch(/TPOT mean in 0 of \d/);
  await hang('residuals', residuals.drawing);
});

test('intervals are counted as held or not, and none are claimed where there are none', async () => {
  expect(figuresOf([tiny]).has('coverage')).toBe(false);
  // Real times are 1.11 times the simulated ones: inside one interval and not the other.
  const makespan = (reach: number) => {
    const { table } = figuresOf([withIntervals(tiny, reach)]).get('coverage')!;
    return table.rows.find(([name]) => name === 'Makespan');
  };
  expect(makespan(1.2)!.slice(2, 4)).toEqual([2, 2]);
  expect(makespan(1.05)!.slice(2, 4)).toEqual([2, 0]);
  const { drawing } = figuresOf([withIntervals(tiny, 1.2)]).get('coverage')!;
  expect(marksOf(drawing, 'real')).toHaveLength(1 + AIMS.length);
  await hang('coverage', drawing);
});

test('both parts of every error, and they add up', async () => {
  const split = figuresOf([tiny]).get('split')!;
  expect(marksOf(marksOf(split.drawing, 'panel')[0]!, 'point')).toHaveLength(2 * 2);
  for (const [, , , cost, divergence, both] of split.table.rows as (string | number)[][]) {
    expect(Number(cost) + Number(divergence)).toBeCloseTo(Number(both), 9);
  }
  await hang('split', split.drawing);
});

test('the first divergent iteration is named, or that there is none', async () => {
  const cells = tiny.cells.map((cell, i) => {
    if (i > 0) return { ...cell, divergence: { simulated: 7, real: 7, shareBefore: 1, lanes: [] } };
    const first = { index: 3, lane: 0, differences: ['sequence 2 in the real run only'] };
    const compared = { simulated: 7, real: 8, shareBefore: 3 / 8, first };
    return { ...cell, divergence: { ...compared, lanes: [{ ...compared, lane: 0 }] } };
  });
  const divergence = figuresOf([{ ...tiny, cells }]).get('divergence')!;
  expect(divergence.finding).toBe(
    'The simulator decided every iteration as the engine did in 1 of 2 runs, lane by lane in 1; ' +
      'the earliest difference is in iteration 3 (tiny, temporal-fusion).',
  );
  expect(divergence.table.rows.map((row) => row[3])).toEqual([3, null]);
  await hang('divergence', divergence.drawing);
});

test('every replay has a mark, and one that differs is crossed', async () => {
  const cells = tiny.cells.map((cell, i) =>
    i === 0 ? cell : { ...cell, replay: { ...cell.replay!, identical: false } },
  );
  const { drawing, finding } = figuresOf([{ ...tiny, cells }, named('b')]).get('replays')!;
  expect(marksOf(drawing, 'replay')).toHaveLength(4);
  expect(marksOf(drawing, 'cross')).toHaveLength(1);
  expect(finding).toMatch(
    /^A fresh scheduler did not repeat one of 4 real runs, such as tiny, sequential/,
  );
  expect(figuresOf([tiny]).get('replays')!.finding).toBe(
    'A fresh scheduler repeated every decision of both real runs: 34 decisions in 14 iterations.',
  );
  await hang('replays', drawing);
});

test('of comparisons with one name the newest counts, of one device each', () => {
  const older = named('a', { createdAt: '2025-01-01T00:00:00.000Z' });
  expect(predictedCells(tinySite({ comparisons: [older, named('a')] })).cells).toHaveLength(2);
  const engine = { ...tiny.engine!, device: 'Another processor' };
  const { cells, names } = predictedCells(
    tinySite({ comparisons: [named('a', { engine }), tiny] }),
  );
  expect(cells).toHaveLength(4);
  expect(names).toHaveLength(2);
});

test('a data sheet that nobody calibrated is drawn and not judged', () => {
  const sheet = named('sheet', { costModel: { name: 'roofline', from: 'a data sheet' } });
  const finding = (list: (typeof tiny)[]) => figuresOf(list).get('residuals')!.finding;
  expect(finding([sheet])).toBe(
    'All two runs were predicted from data sheets; aims are for calibrated cost models.',
  );
  expect(finding([sheet, tiny])).toContain('with a calibrated cost model: TTFT p50 in 0 of 2');
  const { drawing } = figuresOf([sheet, tiny]).get('residuals')!;
  expect(marksOf(marksOf(drawing, 'panel')[0]!, 'point')).toHaveLength(4);
});

test('one world alone has replays at most, and nothing at all has no page', () => {
  const bare = (keep: 'real' | 'simulated') =>
    tiny.cells.map(({ label, seed, policy, memory, replay, ...cell }) => ({
      ...{ label, seed, policy, memory, [keep]: cell[keep]! },
      ...(keep === 'real' && replay ? { replay } : {}),
    }));
  expect([...figuresOf([{ ...tiny, cells: bare('real') }]).keys()]).toEqual(['replays']);
  expect(parityPages(tinySite({ comparisons: [{ ...tiny, cells: bare('simulated') }] }))).toEqual(
    [],
  );
  expect(parityPages(tinySite({}))).toEqual([]);
});

function aimsText(comparisons: (typeof tiny)[]): string {
  const [page] = parityPages(tinySite({ comparisons }));
  const aims = page!.content.find((part) => 'tag' in part && part.attributes.id === 'aims');
  return html(aims as Parameters<typeof html>[0]);
}

test('data sheets have a table of their own, without a verdict', () => {
  const text = aimsText([named('sheet', { costModel: { name: 'roofline', from: 'a sheet' } })]);
  expect(text).not.toMatch(/class="(bad|good)"|Aim</);
  expect(text).toContain('<td>roofline</td>');
  expect(text).toContain('for which nothing was aimed at');
  const both = aimsText([
    tiny,
    named('sheet', { costModel: { name: 'roofline', from: 'a sheet' } }),
  ]);
  expect(both.match(/class="bad"/g)!.length).toBe(aimsText([tiny]).match(/class="bad"/g)!.length);
});

test('a run above capacity is left out of the aims though nothing queued yet', () => {
  const arrivals = { kind: 'poisson', requestsPerSecond: 1000 };
  const busy = named('busy', { workload: { ...tiny.workload, arrivals } });
  const sheet = named('sheet', { costModel: { name: 'roofline', from: 'a sheet' } });
  const text = aimsText([tiny, busy, sheet]);
  expect(text).toMatch(/Calibrated cost models\. Runs below saturation; 2 saturated left out\./);
  expect(text).toMatch(/nothing was aimed at\. Runs below saturation\.</);
  expect(text).toMatch(/the rate of arrivals/);
});

test('what was aimed at stands beside what was reached', () => {
  const text = aimsText([tiny]);
  expect(text).toContain('href="glossary.html#metric-tpotMsMean"');
  expect(text).toMatch(/TPOT mean<\/a><\/th><td class="number">1 %<\/td><td class="bad">0 of \d/);
});

test('a run takes no more than 5,000 bytes of the page, so that many stay quick to open', () => {
  const bytes = (count: number) => {
    const runs = Array.from({ length: count }, (_, i) =>
      named(`fidelity-llama-13b-poisson-${String(i).padStart(2, '0')}-percent`),
    );
    const site = tinySite({ comparisons: runs.map((run) => withIntervals(run, 1.05)) });
    const [page] = parityPages(site);
    return shell(page!, [page!], 'Tiny').length;
  };
  // Of two policies each; beyond 30 comparisons tables are cut.
  const each = (bytes(50) - bytes(40)) / (2 * 10);
  expect(each).toBeLessThan(5000);
});
