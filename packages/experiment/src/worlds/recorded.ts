import { cpSync, existsSync, readFileSync } from 'node:fs';
import { join, resolve } from 'node:path';
import {
  type CellRun,
  type Comparison,
  canonicalJson,
  MetricsCollector,
  type Slo,
} from '@flover/metrics';
import { FloverError } from '@flover/policy';
import { openRunFolder, playTrace, readTrace, readTraceHeader, writeJson } from '@flover/trace';
import type { Cell } from '../cells.ts';

/** Real runs of an experiment that were made earlier, to be compared with another prediction. */
export class RecordedRuns {
  readonly #folder: string;
  readonly #comparison: Comparison;

  /** Opens the results of `flover run` or `flover compare`; throws `recorded-runs-missing`. */
  constructor(folder: string) {
    this.#folder = resolve(folder);
    const file = join(this.#folder, 'comparison.json');
    if (!existsSync(file)) throw missing(`there is no ${file}`);
    this.#comparison = JSON.parse(readFileSync(file, 'utf8')) as Comparison;
  }

  /** What they ran on. */
  get engine(): Comparison['engine'] {
    return this.#comparison.engine;
  }

  /**
   * The real run of a cell, copied below `out`, its metrics taken from its trace anew: both worlds are
   * measured by one definition. Throws where there is none of just this cell.
   */
  cellRun(cell: Cell, out: string, slo: Slo | undefined): CellRun {
    const { label, seed } = cell;
    const found = this.#comparison.cells.find((c) => c.label === label && c.seed === seed)?.real;
    if (found === undefined) {
      throw missing(`${this.#folder} holds no real run of ${label} with seed ${seed}`);
    }
    const recorded = join(this.#folder, found.folder);
    const { tracePath } = openRunFolder(recorded);
    const { scheduler } = readTraceHeader(tracePath);
    const [ran, asked] = [scheduler, cell.scheduler].map(canonicalJson);
    if (ran !== asked) {
      throw missing(`${recorded} was scheduled with ${ran}, the experiment says ${asked}`);
    }
    const folder = join('engine', cell.folder);
    const collector = new MetricsCollector(slo === undefined ? {} : { slo });
    playTrace(readTrace(tracePath), collector);
    const metrics = collector.summary();
    if (resolve(out) !== this.#folder) {
      cpSync(recorded, join(out, folder), { recursive: true });
      writeJson(openRunFolder(join(out, folder)).metricsPath, metrics);
    }
    return { ...found, folder, metrics };
  }
}

function missing(message: string): FloverError {
  const hint = 'Give the folder that `flover run` or `flover compare` left for this experiment.';
  return new FloverError('recorded-runs-missing', message, hint);
}
