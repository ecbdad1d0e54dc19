import type { Sample } from './samples.ts';

/** Overlaps of so much more than the time beside others are of lanes that ran at the same time. */
const AT_ONCE = 1.02;

/** Works beside one work of the other kind at a time: prompts, and decode beside such prompts. */
export interface Pairs {
  readonly prefills: readonly Sample[];
  readonly decodes: readonly Sample[];
}

/** Works beside others, by what they tell of. */
export interface Company {
  /** Of prompts that had company when the device was given them. */
  readonly accompanied: Pairs;
  /** Of prompts that had none then. */
  readonly givenAlone: Pairs;
  /** All others: several lanes, or their own kind. */
  readonly crowded: readonly Sample[];
}

/**
 * Tells the works that ran beside one work of the other kind at a time from those that met several
 * lanes or their own kind. An engine decides what part of the device a prompt gets when it gives it
 * to the device, and more where there is no company then: those are pairs of their own.
 */
export function companyOf(samples: readonly Sample[]): Company {
  const beside = samples.filter((s) => s.besideNanos > 0);
  const accompanied = pairsOf(beside, (prefill) => prefill.sharers === 1);
  const givenAlone = pairsOf(beside, (prefill) => prefill.sharers === 0);
  const paired = new Set([accompanied, givenAlone].flatMap((p) => [...p.prefills, ...p.decodes]));
  return { accompanied, givenAlone, crowded: beside.filter((s) => !paired.has(s)) };
}

function pairsOf(beside: readonly Sample[], wanted: (prefill: Sample) => boolean): Pairs {
  const prefills = beside.filter(
    (s) =>
      isPrefill(s) && wanted(s) && oneAtATime(s) && !s.beside.some(({ other }) => isPrefill(other)),
  );
  const those = new Set(prefills);
  const decodes = beside.filter(
    (s) => !isPrefill(s) && oneAtATime(s) && s.beside.every(({ other }) => those.has(other)),
  );
  return { prefills, decodes };
}

/** It has prompt rows. */
export function isPrefill({ features }: Sample): boolean {
  return features.prefillTokens > 0;
}

function oneAtATime({ beside, besideNanos }: Sample): boolean {
  return beside.reduce((sum, { nanos }) => sum + nanos, 0) <= AT_ONCE * besideNanos;
}
