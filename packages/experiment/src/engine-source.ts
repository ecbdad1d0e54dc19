import { resolve } from 'node:path';
import {
  Engine,
  type EngineLimits,
  limitsFor,
  type ModelSource,
  readConfig,
  type World,
  warmUp,
} from '@flover/engine';
import type { SchedulerConfig } from '@flover/policy';
import { type DataType, type ModelShape, modelNamed } from '@flover/trace';
import type { Experiment, LoadedExperiment } from './spec/load.ts';
import { locateRanks } from './spec/locate-ranks.ts';
import type { EngineSpec } from './spec/model-schema.ts';

/** The shape and data type of an experiment's model, without opening its weights. */
export function modelOf({ spec, folder }: Experiment): {
  readonly shape: ModelShape;
  readonly dataType: DataType;
} {
  const { shape, checkpoint, dataType } = spec.model;
  if (shape !== undefined) return { shape: modelNamed(shape), dataType };
  return { shape: readConfig(resolve(folder, checkpoint ?? ''), dataType).shape, dataType };
}

/** Where the weights of an experiment's model come from. */
export function modelSourceOf(experiment: Experiment): ModelSource {
  const { spec, folder } = experiment;
  const { shape, dataType } = modelOf(experiment);
  return spec.model.checkpoint === undefined
    ? { kind: 'synthetic', shape, dataType, seed: spec.model.weightsSeed }
    : { kind: 'checkpoint', folder: resolve(folder, spec.model.checkpoint), dataType };
}

/** The ranks that an experiment asks for. */
export function worldOf({ tensorParallel, collective, devices }: EngineSpec): World {
  return { size: tensorParallel, collective, ...(devices === undefined ? {} : { devices }) };
}

/** The backend and device that an experiment got. */
export interface OpenedEngine {
  readonly backend: string;
  readonly device: string;
  readonly reason: string;
}

/** Keeps one engine open, and opens another only where a cell needs other limits. */
export class EngineKeeper {
  #engine: Engine | undefined;
  #key = '';
  #opened: OpenedEngine | undefined;
  readonly #experiment: LoadedExperiment;

  constructor(experiment: LoadedExperiment) {
    this.#experiment = experiment;
  }

  /** An engine that can obey this scheduler on this many lanes. */
  engineFor(scheduler: SchedulerConfig, lanes: number): Engine {
    const { spec } = this.#experiment;
    const limits = limitsFor(scheduler, lanes, spec.engine.threads);
    const key = JSON.stringify(limits);
    if (this.#engine !== undefined && key === this.#key) return this.#engine;
    this.close();
    this.#engine = this.#open(limits);
    warmUp(this.#engine, scheduler);
    this.#key = key;
    const { choice, device, worldSize } = this.#engine;
    const name = device.name + placed(worldSize, spec.engine.devices);
    this.#opened = { backend: choice.name, device: name, reason: choice.reason };
    return this.#engine;
  }

  /** What was opened last, for pages; undefined while nothing was. */
  get opened(): OpenedEngine | undefined {
    return this.#opened;
  }

  close(): void {
    this.#engine?.close();
    this.#engine = undefined;
  }

  #open(limits: EngineLimits): Engine {
    const { engine } = this.#experiment.spec;
    const model = modelSourceOf(this.#experiment);
    const world = worldOf(engine);
    try {
      return Engine.open({ model, backend: engine.backend, limits, world });
    } catch (error) {
      throw locateRanks(error, this.#experiment);
    }
  }
}

/** `, 4 ranks on 2 devices`, where a device has several; nothing for one rank. */
function placed(worldSize: number, devices: readonly number[] = []): string {
  if (worldSize === 1) return '';
  const different = new Set(devices).size;
  const shared = devices.length > different;
  return `, ${worldSize} ranks${shared ? ` on ${different} device${different === 1 ? '' : 's'}` : ''}`;
}
