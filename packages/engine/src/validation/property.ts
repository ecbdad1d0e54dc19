import fc from 'fast-check';
import type { RunSignal } from '../run/signal.ts';
import { Branches, type CheckResult } from './result.ts';

/** Attempts at a smaller counterexample; each is a whole run. */
const MOST_SHRINKS = 300;

export interface Cases {
  readonly cases: number;
  readonly seed: number;
  /** Goes straight to a counterexample found before. */
  readonly path?: string;
}

interface Property<T> extends Cases {
  readonly check: string;
  readonly subject: string;
  readonly claim: string;
  readonly worlds: fc.Arbitrary<T>;
  readonly branches: readonly string[];
  readonly signal?: RunSignal;
  /** What is wrong in this world, or undefined; an error counts as wrong. */
  wrong(world: T, note: (branches: Iterable<string>) => void): string | undefined;
}

/** Tries a property on random worlds; what breaks it is shrunk, and told with its seed and path. */
export function checkProperty<T>(property: Property<T>): CheckResult {
  const { check, subject, claim, worlds, cases, seed, path, signal } = property;
  const branches = new Branches(property.branches);
  let attempts = -1;
  const holds = (world: T) => {
    if (signal?.cancelled || attempts > MOST_SHRINKS) throw new fc.PreconditionFailure(true);
    if (attempts >= 0) attempts += 1;
    const note = (reached: Iterable<string>) => branches.add(attempts < 0 ? reached : []);
    try {
      const wrong = property.wrong(world, note);
      // A run that was cancelled on its way shows nothing.
      if (signal?.cancelled) throw new fc.PreconditionFailure(true);
      if (wrong !== undefined) throw new Error(wrong);
    } catch (error) {
      if (signal?.cancelled) throw new fc.PreconditionFailure(true);
      attempts = Math.max(attempts, 0);
      throw error;
    }
  };
  const details = fc.check(fc.property(worlds, holds), {
    numRuns: cases,
    seed,
    ...(path === undefined ? {} : { path }),
  });
  const base = { check, subject, claim, seed, cases: details.numRuns, ...branches.report() };
  if (signal?.cancelled) return { ...base, verdict: 'interrupted', detail: '' };
  if (!details.failed) return { ...base, verdict: 'passed', detail: '' };
  const world = JSON.stringify(details.counterexample?.[0], null, 1);
  return {
    ...base,
    verdict: 'failed',
    ...(details.counterexamplePath === null ? {} : { path: details.counterexamplePath }),
    detail: `${messageOf(details.errorInstance)}\nin ${world}`,
  };
}

function messageOf(error: unknown): string {
  if (!(error instanceof Error)) return String(error);
  const { code } = error as { code?: unknown };
  return typeof code === 'string' ? `[${code}] ${error.message}` : error.message;
}
