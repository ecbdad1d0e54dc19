import { cpSync, existsSync, readFileSync } from 'node:fs';
import { join, resolve } from 'node:path';
import { type CellRun, type Comparison, canonicalJson, MetricsCollector } from '@flover/metrics';
import { FloverError } from '@flover/policy';
import { type Manifest, openRunFolder, playTrace, readTrace, writeJson } from '@flover/trace';
import { isRecord, parseJsonLine } from '@flover/workload';
import type { Cell } from '../cells.ts';
import { modelOf } from '../engine-source.ts';
import type { Experiment } from '../spec/load.ts';
import { metricsOptionsOf } from '../spec/measured.ts';
import { recordedConfig } from './recorded-config.ts';

/** What an experiment's results are described in. */
export const COMPARISON_FILE = 'comparison.json';

/** Real runs of an experiment that were made earlier, to be compared with another prediction. */
export class RecordedRuns {
  readonly #folder: string;
  readonly #comparison: Comparison;

  /** Opens the results of `flover run` or `flover compare`; throws `recorded-runs-missing`. */
  constructor(folder: string) {
    this.#folder = resolve(folder);
    const file = join(this.#folder, COMPARISON_FILE);
    if (!existsSync(file)) throw missing(`there is no ${file}`);
    const found = parseJsonLine(readFileSync(file, 'utf8'));
    if (!isRecord(found) || found.format !== 'flover-comparison') {
      throw missing(`${file} does not say "format": "flover-comparison"`);
    }
    this.#comparison = found as unknown as Comparison;
  }

  /** What they ran on. */
  get engine(): Comparison['engine'] {
    return this.#comparison.engine;
  }

  /**
   * The real run of a cell, copied below `out`, its metrics taken from its trace anew: both worlds are
   * measured by one definition. Throws where there is none of just this cell.
   */
  cellRun(experiment: Experiment, cell: Cell, out: string): CellRun {
    const { label, seed } = cell;
    const found = this.#comparison.cells.find((c) => c.label === label && c.seed === seed)?.real;
    if (found === undefined) {
      throw missing(`${this.#folder} holds no real run of ${label} with seed ${seed}`);
    }
    const recorded = join(this.#folder, found.folder);
    const { tracePath, manifest } = openRunFolder(recorded);
    mustBeOf(recorded, ranAs(manifest), askedAs(experiment, cell));
    mustBeOf(recorded, { scheduler: recordedConfig(recorded) }, { scheduler: cell.scheduler });
    const folder = join('engine', cell.folder);
    const collector = new MetricsCollector(metricsOptionsOf(experiment));
    playTrace(readTrace(tracePath), collector);
    const metrics = collector.summary();
    if (resolve(out) !== this.#folder) {
      cpSync(recorded, join(out, folder), { recursive: true });
      writeJson(openRunFolder(join(out, folder)).metricsPath, metrics);
    }
    return { ...found, folder, metrics };
  }
}

/** What a run must have in common with a prediction that it is compared with. */
function ranAs({ model, worldSize = 1, workload, seed, replication }: Manifest) {
  const { name, dataType } = model;
  return { model: { name, dataType }, worldSize, workload, seed, replication };
}

function askedAs(experiment: Experiment, { workload, seed, replication }: Cell) {
  const { shape, dataType } = modelOf(experiment);
  const worldSize = experiment.spec.engine.tensorParallel;
  return { model: { name: shape.name, dataType }, worldSize, workload, seed, replication };
}

/** The same in every field; a recorded file of requests may lie elsewhere by now. */
function mustBeOf(run: string, ran: object, asked: object): void {
  const text = (of: object, key: string) =>
    canonicalJson(JSON.parse(JSON.stringify(of[key as keyof typeof of], withoutPaths)));
  for (const key of Object.keys(asked)) {
    const [was, is] = [text(ran, key), text(asked, key)];
    if (was !== is) throw missing(`${run} ran with the ${key} ${was}, the experiment says ${is}`);
  }
}

function withoutPaths(key: string, value: unknown): unknown {
  return key === 'path' ? undefined : value;
}

function missing(message: string): FloverError {
  const hint = 'Give the folder that `flover run` or `flover compare` left for this experiment.';
  return new FloverError('recorded-runs-missing', message, hint);
}
