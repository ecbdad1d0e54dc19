import { existsSync, renameSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import type { Comparison } from '@flover/metrics';
import {
  DEFAULT_LIMITS,
  type DetailLimits,
  type RunDetail,
  reportPage,
  runDetail,
} from '@flover/report';
import browserCode from '@flover/report/browser.js?raw';
import { readTrace, runFolderPaths } from '@flover/trace';

/** What all runs of a page may hold together, so that it stays about a megabyte. */
const PAGE_LIMITS: DetailLimits = { requests: 3000, spans: 8000, iterations: 10_000 };
const LEAST_LIMITS: DetailLimits = { requests: 50, spans: 200, iterations: 200 };

/** Leaves the page of an experiment beside its results: `report.html`, which opens from disk. */
export function writeReport(comparison: Comparison, out: string): void {
  const folders = comparison.cells.flatMap(({ simulated, real }) =>
    [simulated, real].flatMap((run) => (run === undefined ? [] : [run.folder])),
  );
  const limits = limitsFor(folders.length);
  const runs: Record<string, RunDetail> = {};
  for (const folder of folders) {
    const { tracePath } = runFolderPaths(join(out, folder));
    if (existsSync(tracePath)) runs[folder] = runDetail(readTrace(tracePath), limits);
  }
  const path = join(out, 'report.html');
  writeFileSync(`${path}.partial`, reportPage({ comparison, runs }, browserCode));
  renameSync(`${path}.partial`, path);
}

function limitsFor(runs: number): DetailLimits {
  const share = (key: keyof DetailLimits): number => {
    const each = Math.floor(PAGE_LIMITS[key] / Math.max(1, runs));
    return Math.min(DEFAULT_LIMITS[key], Math.max(LEAST_LIMITS[key], each));
  };
  return { requests: share('requests'), spans: share('spans'), iterations: share('iterations') };
}
