import { createHash } from 'node:crypto';
import { readFileSync } from 'node:fs';
import { join, resolve } from 'node:path';
import { canonicalJson } from '@flover/metrics';
import { deviceNamed, devices } from '@flover/simulator';
import type { Cell } from '../cells.ts';
import { modelOf } from '../engine-source.ts';
import type { Experiment } from '../spec/load.ts';
import { metricsOptionsOf } from '../spec/measured.ts';
import type { CostModelSpec } from '../spec/model-schema.ts';

/** Hashes of files, each read once. */
export class FileHashes {
  readonly #known = new Map<string, string>();

  /** The hash of a file's bytes; of a file that cannot be read, of nothing. */
  of(path: string): string {
    let hash = this.#known.get(path);
    if (hash === undefined) {
      hash = hashOf(readable(path));
      this.#known.set(path, hash);
    }
    return hash;
  }
}

/**
 * The key of a cell: a hash of all that its result follows from, the files that it reads included.
 * Cells of one key have one result.
 */
export function cellKey(experiment: Experiment, cell: Cell, files: FileHashes): string {
  const { spec, folder } = experiment;
  const { costModel } = spec;
  // Whatever says how the model is spread; threads of a processor have no devices.
  const { backend, threads: _, devices: named, ...spread } = spec.engine;
  const ranks = backend === 'cpu' || named === undefined ? spread : { ...spread, devices: named };
  const written = {
    version: 1,
    scheduler: cell.scheduler,
    workload: cell.workload,
    seed: cell.seed,
    replication: cell.replication,
    ...metricsOptionsOf(experiment),
    model: modelOf(experiment),
    ranks,
    costModel: sheetsOf(costModel),
    files: [
      ...(cell.policyFile === undefined ? [] : [cell.policyFile]),
      ...('file' in costModel ? [costModel.file] : []),
      ...pathsIn(cell.workload),
      ...tokenizerFiles(experiment, cell),
    ].map((path) => files.of(resolve(folder, path))),
  };
  return hashOf(canonicalJson(written)).slice(0, 24);
}

/** With the data sheets that it reads, a transfer's own device's among them. */
function sheetsOf(costModel: CostModelSpec) {
  const { kind } = costModel;
  if (kind === 'transfer') return { kind, device: costModel.device, devices };
  return kind === 'roofline' ? { kind, device: deviceNamed(costModel.device) } : kind;
}

export function hashOf(content: string | Uint8Array): string {
  return createHash('sha256').update(content).digest('hex');
}

/** Every `path` within a workload, in order. */
function pathsIn(value: unknown): string[] {
  if (typeof value !== 'object' || value === null) return [];
  return Object.entries(value).flatMap(([key, inner]) =>
    key === 'path' ? [String(inner)] : pathsIn(inner),
  );
}

/** What makes tokens of a request file's texts, where the model has it. */
function tokenizerFiles({ spec }: Experiment, { workload }: Cell): string[] {
  const { checkpoint } = spec.model;
  const parts = workload.kind === 'mix' ? workload.parts : [workload];
  const texts = parts.some((part) => {
    const file = part.kind === 'trace' ? part : part.lengths;
    return file !== undefined && 'format' in file && file.format === 'requests';
  });
  if (checkpoint === undefined || !texts) return [];
  return ['tokenizer.json', 'tokenizer_config.json'].map((name) => join(checkpoint, name));
}

function readable(path: string): Uint8Array {
  try {
    return readFileSync(path);
  } catch {
    return new Uint8Array();
  }
}
