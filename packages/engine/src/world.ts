import { FloverError } from '@flover/policy';
import type { ModelShape } from '@flover/trace';
import type { NativeEngineConfig } from './addon-types.ts';
import type { BackendName } from './backend.ts';

/** How ranks add up what each has a part of; `one-shot` sums in rank order in a kernel of its own. */
export type Collective = 'one-shot' | 'nccl';

/** The ranks among which a model is divided, all of them in this process. */
export interface World {
  readonly size: number;
  /**
   * The device of each rank, rank 0 first; default 0 to size - 1, on the CPU its one device. One may
   * stand for several ranks where the collective is `one-shot`; they take turns on it.
   */
  readonly devices?: readonly number[];
  /** Default `one-shot`; the CPU backend has no other. */
  readonly collective?: Collective;
  /** For checks: this rank fails when it comes to the work with this id, as if its device were lost. */
  readonly failure?: { readonly rank: number; readonly work: number };
}

/** Why so many ranks cannot share a model, or undefined where they can; mirrors core/world.cpp. */
export function undivided(shape: ModelShape, size: number): string | undefined {
  for (const field of ['heads', 'kvHeads', 'intermediate'] as const) {
    if (shape[field] % size !== 0)
      return `its ${field} (${shape[field]}) cannot be divided by ${size}`;
  }
  if (shape.vocabulary >= size) return undefined;
  return `its vocabulary (${shape.vocabulary}) is smaller than ${size}`;
}

/** A world as a backend takes it, with a device for every rank; throws `world-invalid`. */
export function nativeWorld(
  world: World = { size: 1 },
  backend: BackendName,
): NonNullable<NativeEngineConfig['world']> {
  const { size, devices, collective, failure } = world;
  if (!Number.isSafeInteger(size) || size < 1) {
    throw new FloverError(
      'world-invalid',
      `size is ${size}; allowed: a whole number of at least 1`,
    );
  }
  if (devices !== undefined && devices.length !== size) {
    throw new FloverError(
      'world-invalid',
      `${devices.length} devices are named for ${size} ranks`,
      'name one a rank, or none',
    );
  }
  const usual = Array.from({ length: size }, (_, rank) => (backend === 'cpu' ? 0 : rank));
  return {
    devices: [...(devices ?? usual)],
    ...(collective === undefined ? {} : { collective }),
    ...(failure === undefined ? {} : { failure: { ...failure } }),
  };
}
