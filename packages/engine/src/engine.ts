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
    this.device = native.device();
  }

  /** Opens a model on a backend; throws a `FloverError` and leaves nothing behind where it cannot. */
  static open(options: EngineOptions): Engine {
    const { model: source, limits } = options;
    const checkpoint = source.kind === 'checkpoint' ? openCheckpoint(source) : undefined;
    const model = checkpoint?.model ?? syntheticModel(source);
    checkLimits(model.shape, limits);
    const addon = loadAddon();
    const choice = chooseBackend(options.backend, addon.backends());
    const config = nativeConfig(model, limits);
    const world = nativeWorld(options.world, choice.name);
    const native = guarded(() => new addon.Engine({ ...config, world }, choice.name));
    try {
      if (checkpoint !== undefined) loadCheckpoint(checkpoint, native);
      if (source.kind === 'synthetic') guarded(() => native.synthesize(source.seed));
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

function syntheticModel(source: ModelSource): EngineModel {
  if (source.kind !== 'synthetic') throw new TypeError('not a synthetic model');
  const { shape, dataType, endTokens = [] } = source;
  return { shape, dataType, endTokens };
}

function nativeConfig(
  { shape, dataType, endTokens }: EngineModel,
  limits: EngineLimits,
): NativeEngineConfig {
  const { name: _, rope, ...sizes } = shape;
  const { kind, ...scaling } = rope.scaling;
  return {
    model: {
      ...sizes,
      dataType,
      endToken: endTokens[0] ?? -1,
      rope: { theta: rope.theta, dims: rope.dims, scaling: kind, ...scaling },
    },
    ...limits,
  };
}
