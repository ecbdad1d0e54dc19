import { join } from 'node:path';
import { makeFolder } from '@flover/trace';
import { type Cell, cellsOf } from '../cells.ts';
import { keepPolicyText, readPolicyText } from '../policy-file.ts';
import type { Experiment } from '../spec/load.ts';
import { cellKey, FileHashes, hashOf } from './cell-key.ts';
import type { LoadedSweep } from './sweep-file.ts';

/** One policy on one draw of the workload at one setting of the axes. Plain JSON. */
export interface SweepCell {
  /** Cells of one key have one result. */
  readonly key: string;
  readonly axes: Readonly<Record<string, unknown>>;
  readonly label: string;
  readonly seed: number;
  /** Its policy file is a kept copy. */
  readonly cell: Cell;
  /** The file that the user wrote, of which that is a copy. */
  readonly writtenPolicy?: string;
  readonly experiment: Experiment;
}

/**
 * Every cell of a sweep: settings outermost, then policies, then seeds.
 *
 * Users' own policies are kept, bundled, in `folder`: threads load them from there.
 */
export async function planSweep({ settings }: LoadedSweep, folder: string): Promise<SweepCell[]> {
  const files = new FileHashes();
  const kept = new Map<string, string>();
  const cells: SweepCell[] = [];
  for (const { axes, experiment } of settings) {
    const { spec } = experiment;
    for (const planned of cellsOf(experiment)) {
      const cell = await withKeptPolicy(planned, folder, kept);
      const { label, seed } = cell;
      const key = cellKey(experiment, cell, files);
      cells.push({
        ...{ key, axes, label, seed, cell },
        ...(planned.policyFile !== undefined && { writtenPolicy: planned.policyFile }),
        experiment: { spec, folder: experiment.folder },
      });
    }
  }
  return cells;
}

async function withKeptPolicy(
  cell: Cell,
  folder: string,
  kept: Map<string, string>,
): Promise<Cell> {
  const { policyFile } = cell;
  if (policyFile === undefined) return cell;
  let file = kept.get(policyFile);
  if (file === undefined) {
    const text = await readPolicyText(policyFile);
    file = join(folder, 'policies', `${cell.label}-${hashOf(text.source).slice(0, 8)}.mjs`);
    makeFolder(join(folder, 'policies'));
    keepPolicyText(file, text);
    kept.set(policyFile, file);
  }
  return { ...cell, policyFile: file };
}
