import type { DataType, ModelShape } from '@flover/trace';
import type { NativeDevice, NativeEngine, NativeEngineConfig } from './addon-types.ts';
import { type BackendChoice, type BackendRequest, chooseBackend } from './backend.ts';
import { loadAddon } from './binding.ts';
import { loadCheckpoint, openCheckpoint } from './checkpoint/checkpoint.ts';
import { checkLimits, type EngineLimits } from './limits.ts';
import type { EngineModel } from './model.ts';
import { guarded } from './native-error.ts';
import { nativeWorld, type World } from './world.ts';

/** Where weights come from: a Hugging Face folder, or a shape and a seed. */
export type ModelSource =
  | { readonly kind: 'checkpoint'; readonly folder: string; readonly dataType?: DataType }
  | {
      readonly kind: 'synthetic';
      readonly shape: ModelShape;
      readonly dataType: DataType;
      readonly seed: number;
      readonly endTokens?: readonly number[];
    };

export interface EngineOptions {
  readonly model: ModelSource;
  readonly backend: BackendRequest;
  readonly limits: EngineLimits;
  /** Default: one rank. */
  readonly world?: World;
}

/**
 * A model on a device, ready to execute works; belongs to the thread that opened it.
 *
 * Executes one run at a time (`runEngine`); `close` frees its memory.
 */
export class Engine {
  readonly model: EngineModel;
  readonly limits: EngineLimits;
  readonly choice: BackendChoice;
  /** Ranks that share the model. */
  readonly worldSize: number;
  readonly device: NativeDevice;
  /** The native engine; for this room's own use. */
  readonly native: NativeEngine;

  private constructor(
    model: EngineModel,
    options: EngineOptions,
    choice: BackendChoice,
    native: NativeEngine,
  ) {
    this.model = model;
    this.limits = options.limits;
    this.choice = choice;
    this.worldSize = options.world?.size ?? 1;
    this.native = native;
    this.device = guarded(() => native.device());
  }

  /** Opens a model on a backend; throws a `FloverError` and leaves nothing behind where it cannot. */
  static open(options: EngineOptions): Engine {
    const { limits } = options;
    const { model, load } = openModel(options.model);
    checkLimits(model.shape, limits);
    const addon = loadAddon();
    const choice = chooseBackend(options.backend, addon.backends());
    const config = nativeConfig(model, limits);
    const world = nativeWorld(options.world, choice.name);
    const native = guarded(() => new addon.Engine({ ...config, world }, choice.name));
    try {
      load(native);
      guarded(() => native.ready());
      return new Engine(model, options, choice, native);
    } catch (error) {
      native.close();
      throw error;
    }
  }

  /** Ends what is queued and frees the device's memory; all that is asked of it then is `engine-closed`. */
  close(): void {
    this.native.close();
  }
}

/** What is known of a model before there is an engine, and what then gives it its weights. */
interface OpenedModel {
  readonly model: EngineModel;
  load(native: NativeEngine): void;
}

function openModel(source: ModelSource): OpenedModel {
  if (source.kind === 'checkpoint') {
    const checkpoint = openCheckpoint(source);
    return { model: checkpoint.model, load: (native) => loadCheckpoint(checkpoint, native) };
  }
  const { shape, dataType, endTokens = [], seed } = source;
  return {
    model: { shape, dataType, endTokens },
    load: (native) => guarded(() => native.synthesize(seed)),
  };
}

function nativeConfig({ shape, dataType }: EngineModel, limits: EngineLimits): NativeEngineConfig {
  const { name: _, rope, ...sizes } = shape;
  const { kind, ...scaling } = rope.scaling;
  return {
    model: {
      ...sizes,
      dataType,
      rope: { theta: rope.theta, dims: rope.dims, scaling: kind, ...scaling },
    },
    ...limits,
  };
}
