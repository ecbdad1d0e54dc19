import type { DataType, ModelShape } from '@flover/trace';
import type { NativeDevice } from '../addon-types.ts';
import { type BackendChoice, type BackendRequest, chooseBackend } from '../backend.ts';
import { loadAddon } from '../binding.ts';
import { Engine, type EngineOptions } from '../engine.ts';
import type { RunSignal } from '../run/signal.ts';
import type { World } from '../world.ts';
import { few } from './extent.ts';
import { type CheckName, planChecks } from './plan.ts';
import type { CheckResult } from './result.ts';
import { dividedShape, tinyShapes, wideShapes } from './shapes.ts';
import { onRanks, type ValidationTarget, withEngine } from './target.ts';

export interface ValidateOptions {
  readonly backend: BackendRequest;
  /** Worlds for each check of a tiny shape in f32; larger ones and crowds get a share of it. */
  readonly cases: number;
  readonly seed: number;
  /** Goes straight to a counterexample found before; for one check of one subject. */
  readonly path?: string;
  /** Served by the check of leaks. */
  readonly requests: number;
  readonly dataTypes: readonly DataType[];
  /** Default: the tiny shapes, and on a GPU also those as wide as real models. */
  readonly shapes?: readonly ModelShape[];
  /** Default: all. */
  readonly checks?: readonly CheckName[];
  /** Folder with references for the check `transformers`. */
  readonly references?: string;
  /** Ranks under every engine; shapes that they cannot divide get more heads. Default: one. */
  readonly world?: World;
  readonly signal?: RunSignal;
  /** Opens engines; default `Engine.open`. */
  readonly open?: (options: EngineOptions) => Engine;
  /** Told before each check, and after it. */
  readonly onStart?: (check: string, subject: string) => void;
  readonly onResult?: (sofar: Validation) => void;
}

/** What a validation run found, complete or as far as it came. */
export interface Validation {
  readonly choice: BackendChoice;
  readonly device: NativeDevice;
  readonly build: {
    readonly compiler: string;
    readonly instructions: string;
    readonly cuda: string;
    readonly sanitized: boolean;
  };
  readonly world?: World;
  readonly seed: number;
  readonly checks: readonly (CheckResult & { readonly seconds: number })[];
  /** False until the last check ended. */
  readonly complete: boolean;
}

/**
 * Shows on a backend that the engine keeps its promises, with random worlds.
 *
 * Throws a `FloverError` where no engine can be opened at all; everything else is in the result.
 */
export function validateEngine(options: ValidateOptions): Validation {
  const { seed, signal, open = Engine.open } = options;
  const addon = loadAddon();
  const choice = chooseBackend(options.backend, addon.backends());
  const { world } = options;
  const here: ValidationTarget = { backend: choice.name, open, ...(signal ? { signal } : {}) };
  const target = world === undefined ? here : onRanks(here, world);
  const reference: ValidationTarget = {
    backend: 'cpu',
    open: Engine.open,
    ...(signal ? { signal } : {}),
  };
  const shapes = (
    options.shapes ?? (choice.name === 'cuda' ? [...tinyShapes, ...wideShapes] : tinyShapes)
  ).map((shape) => (world === undefined ? shape : dividedShape(shape, world.size)));
  const device = deviceOf(target, shapes[0]!);
  const head = { choice, device, ...(world && { world }), build: addon.build(), seed };
  const checks: Validation['checks'][number][] = [];
  const planned = planChecks({ ...options, shapes, target, reference });
  for (const { check, subject, run } of planned) {
    if (signal?.cancelled) break;
    options.onStart?.(check, subject);
    const start = performance.now();
    const result = runSafely(check, subject, seed, run);
    checks.push({ ...result, seconds: Math.round(performance.now() - start) / 1000 });
    options.onResult?.({ ...head, checks, complete: false });
  }
  return { ...head, checks, complete: !signal?.cancelled };
}

/** A check that throws has failed; the others go on. */
function runSafely(
  check: string,
  subject: string,
  seed: number,
  run: () => CheckResult,
): CheckResult {
  try {
    return run();
  } catch (error) {
    const { code, message } = error as { code?: unknown; message: string };
    return {
      check,
      subject,
      claim: 'the check comes to its end',
      verdict: 'failed',
      cases: 0,
      seed,
      detail: typeof code === 'string' ? `[${code}] ${message}` : message,
      seen: {},
      unseen: [],
    };
  }
}

function deviceOf(target: ValidationTarget, shape: ModelShape): NativeDevice {
  const config = {
    policy: { name: 'sequential', parameters: {} },
    memory: { kind: 'slots' as const, slots: 1 },
    maxSequences: 1,
    maxSequenceTokens: few.maxSequenceTokens,
    planAhead: 0 as const,
  };
  return withEngine(target, { shape, dataType: 'f32' }, config, (engine) => engine.device);
}

/** True where nothing failed and nothing was cut short. */
export function holds({ checks, complete }: Validation): boolean {
  const fine = (verdict: string) => verdict === 'passed' || verdict === 'skipped';
  return complete && checks.every(({ verdict }) => fine(verdict));
}
