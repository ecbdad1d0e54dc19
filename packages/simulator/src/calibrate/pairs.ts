import type { Sample } from './samples.ts';

/** Overlaps of so much more than the time beside others are of lanes that ran at the same time. */
const AT_ONCE = 1.02;

/** Works beside others, by what they tell of. */
export interface Company {
  /** Prefill beside decode, and decode beside such prefill: one other lane at a time. */
  readonly prefills: readonly Sample[];
  readonly decodes: readonly Sample[];
  /** All others. */
  readonly crowded: readonly Sample[];
}

/**
 * Tells the works that ran beside one work of the other kind at a time from those that met several
 * lanes or their own kind. An engine decides what part of the device a prompt gets when it gives it
 * to the device: more where there is no company then, and less beside other prefill. Decode beside such
 * belongs to the others as well.
 */
export function companyOf(samples: readonly Sample[]): Company {
  const beside = samples.filter((s) => s.besideNanos > 0);
  const prefills = beside.filter(
    (s) =>
      isPrefill(s) &&
      s.accompanied &&
      oneAtATime(s) &&
      !s.beside.some(({ other }) => isPrefill(other)),
  );
  const paired = new Set(prefills);
  const decodes = beside.filter(
    (s) => !isPrefill(s) && oneAtATime(s) && s.beside.every(({ other }) => paired.has(other)),
  );
  for (const decode of decodes) paired.add(decode);
  return { prefills, decodes, crowded: beside.filter((s) => !paired.has(s)) };
}

/** It has prompt rows. */
export function isPrefill({ features }: Sample): boolean {
  return features.prefillTokens > 0;
}

function oneAtATime({ beside, besideNanos }: Sample): boolean {
  return beside.reduce((sum, { nanos }) => sum + nanos, 0) <= AT_ONCE * besideNanos;
}
