import type { Comparison, PublishedComparison, PublishedRow, Sweep } from '@flover/metrics';
import type { FormattedJson, Found, SiteData, SiteRun } from '../data/site-data.ts';
import { signsOf } from '../facts/signs.ts';
import { tinyReport } from './tiny-comparison.ts';

interface Parts {
  readonly comparisons?: readonly Comparison[];
  readonly sweeps?: readonly Sweep[];
  readonly published?: readonly PublishedComparison[];
  readonly documents?: readonly FormattedJson[];
}

/** A site of one experiment, its runs those of `tinyReport` in every comparison. */
export function tinySite(parts: Parts): SiteData {
  const found = <Value>(kind: string, values: readonly Value[] = []): Found<Value>[] =>
    values.map((value, i) => {
      const path = `tiny/results/${kind}-${i}.json`;
      return { id: `${kind}-${i}`, path, experiment: 'tiny', value };
    });
  const comparisons = found('comparison', parts.comparisons);
  const details = tinyReport().runs;
  const runs = comparisons.flatMap((comparison) =>
    Object.entries(details).map(([folder, detail]): Found<SiteRun> => {
      const world = folder.startsWith('engine') ? 'engine' : 'simulator';
      const { commit } = comparison.value;
      const policy = { name: folder.split('/')[1]! };
      const manifest = { world, device: { name: 'A processor' }, commit, policy, seed: 1 };
      const owner = { id: comparison.id, folder };
      const value = { manifest, detail, comparison: owner } as unknown as SiteRun;
      return { id: `${comparison.id}-${folder}`, path: folder, experiment: 'tiny', value };
    }),
  );
  const experiment = {
    ...{ id: 'tiny', path: 'tiny', runs: [], comparisons },
    sweeps: found('sweep', parts.sweeps),
    published: found('published', parts.published),
    documents: found('document', parts.documents),
  };
  return {
    title: 'Tiny',
    experiments: [experiment],
    runs,
    problems: [],
    signs: signsOf([experiment]),
  };
}

/** The tiny comparison, whose predicted latencies reach from 90 to `reach` of what was simulated. */
export function withIntervals(comparison: Comparison, reach: number): Comparison {
  const cells = comparison.cells.map((cell) => ({
    ...cell,
    split: cell.split!.map((split) => {
      const { simulated } = split;
      if (simulated === null) return split;
      return { ...split, interval: { low: 0.9 * simulated, high: reach * simulated, level: 0.9 } };
    }),
  }));
  return { ...comparison, cells };
}

/** One table of two models at three numbers of requests, and drawn overlaps. */
export function tinyPublished(): PublishedComparison {
  const row = (
    part: Pick<
      PublishedRow,
      'figure' | 'quantity' | 'column' | 'unit' | 'published' | 'predicted'
    > &
      Partial<PublishedRow>,
  ): PublishedRow => ({
    ...{ model: 'tiny-model', gpus: 1, low: null, high: null, fitted: false },
    errorPercent: (100 * (part.predicted - part.published)) / part.published,
    ...part,
  });
  const times = [10, 12, 20].map((published, i) => ({
    ...{ figure: '4a', quantity: 'Flover, time', unit: 's' },
    ...{ column: `${[1, 3, 6][i]} requests`, published, predicted: [10, 12.3, 24][i]! },
  }));
  const overlap = { figure: '8', quantity: 'overlap', unit: 'percent' };
  return {
    format: 'flover-published',
    version: 1,
    source: 'A paper about tiny servers.',
    createdAt: '2026-01-02T03:04:05.678Z',
    commit: { id: '0123456789abcdef', dirty: false },
    device: 'tiny-sheet',
    seeds: 3,
    fits: [{ model: 'tiny-model', gpus: 1, singleRequestSeconds: 10, iterationMicros: 2500 }],
    rows: [
      ...times.map((part, i) => row({ ...part, fitted: i === 0 })),
      ...times.map((part) => row({ ...part, model: 'tiny-twins', gpus: 2 })),
      row({ ...overlap, column: '100 ms', published: 50, predicted: 40, low: 30, high: 45 }),
      row({ ...overlap, column: '500 ms', published: 20, predicted: 21, low: 15, high: 25 }),
    ],
    assumptions: ['The GPU is not named.', 'Nothing else is known.'],
  };
}
