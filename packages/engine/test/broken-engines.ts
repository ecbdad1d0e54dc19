import type { NativeEngine } from '../src/addon-types.ts';
import { Engine } from '../src/engine.ts';
import type { ValidationTarget } from '../src/validation/target.ts';

type Change = (native: NativeEngine) => Partial<NativeEngine>;

/** The CPU backend with some of its calls replaced: an engine that a check must find wrong. */
export function brokenTarget(
  change: Change,
  backend: ValidationTarget['backend'] = 'cpu',
): ValidationTarget {
  return {
    backend,
    open(options) {
      const engine = Engine.open({ ...options, backend: 'cpu' });
      const replaced = change(engine.native);
      const native = new Proxy(engine.native, {
        get(target, name) {
          const own = replaced[name as keyof NativeEngine] ?? target[name as keyof NativeEngine];
          return typeof own === 'function' ? own.bind(target) : own;
        },
      });
      return Object.assign(Object.create(Engine.prototype), engine, { native }) as Engine;
    },
  };
}

/** Log-probabilities lose their last bit in a sequence that was ever beside two others in a work. */
export const companyChangesBits: Change = (native) => {
  const touched = new Set<number>();
  return {
    launch(...words) {
      const [, , rows, sequences] = words;
      if (rows >= 3) for (let i = 0; i < rows; i++) touched.add(sequences[i]!);
      native.launch(...words);
    },
    result(id) {
      const result = native.result(id);
      if (!touched.delete(id)) return result;
      const logProbs = Float32Array.from(result.logProbs, (value) => value * (1 + 2 ** -22));
      return { ...result, logProbs };
    },
  };
};

/** Logits are off by a thousandth. */
export const imprecise: Change = (native) => ({
  logits: (sequence) => Float32Array.from(native.logits(sequence), (value) => value * 1.001),
});

/** Every sequence leaves four kilobytes behind. */
export const leaking: Change = (native) => {
  let lost = 0;
  return {
    add(sequence) {
      lost += 4096;
      native.add(sequence);
    },
    device: () => ({ ...native.device(), memoryBytes: 2 ** 33, freeBytes: 2 ** 32 - lost }),
  };
};

/** Lets an unknown sequence pass. */
export const careless: Change = (native) => ({
  release(id) {
    try {
      native.release(id);
    } catch {
      // Nobody is told.
    }
  },
});
