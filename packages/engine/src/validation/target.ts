import type { SchedulerConfig } from '@flover/policy';
import type { DataType, ModelShape } from '@flover/trace';
import type { BackendName } from '../backend.ts';
import type { Engine, EngineOptions, ModelSource } from '../engine.ts';
import { limitsFor } from '../limits.ts';
import type { RunSignal } from '../run/signal.ts';
import type { World } from '../world.ts';
import { lanes } from './extent.ts';

/** Where checks are carried out. `open` is `Engine.open`, or an engine that is deliberately faulty. */
export interface ValidationTarget {
  readonly backend: BackendName;
  open(options: EngineOptions): Engine;
  /** Of engines that `open` is not told otherwise for. */
  readonly world?: World;
  readonly signal?: RunSignal;
}

/** The same target, with these ranks under every engine. */
export function onRanks(target: ValidationTarget, world: World): ValidationTarget {
  return { ...target, world, open: (options) => target.open({ world, ...options }) };
}

/** The model that a check looks at: weights from a seed. */
export interface TestModel {
  readonly shape: ModelShape;
  readonly dataType: DataType;
}

const WEIGHTS_SEED = 11;

export const nameOf = ({ shape, dataType }: TestModel): string => `${shape.name} ${dataType}`;

export function sourceOf({ shape, dataType }: TestModel): ModelSource {
  return { kind: 'synthetic', shape, dataType, seed: WEIGHTS_SEED };
}

/** A scheduler for a request or two. */
export const probeConfig: SchedulerConfig = {
  policy: { name: 'temporal-fusion', parameters: {} },
  memory: { kind: 'slots', slots: 4 },
  maxSequences: 4,
  maxSequenceTokens: 64,
  planAhead: 1,
};

/** Uses an engine that obeys this scheduler, and closes it whatever happens. */
export function withEngine<T>(
  target: ValidationTarget,
  subject: TestModel,
  config: SchedulerConfig,
  use: (engine: Engine) => T,
  threads = 2,
): T {
  const limits = limitsFor(config, lanes, threads);
  const engine = target.open({ model: sourceOf(subject), backend: target.backend, limits });
  try {
    return use(engine);
  } finally {
    engine.close();
  }
}
