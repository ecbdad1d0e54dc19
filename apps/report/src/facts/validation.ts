import type { FormattedJson, Found } from '../data/site-data.ts';
import { newestOf } from './newest.ts';
import { ranksOn } from './ranks.ts';

/** What a page says of a `flover-validation`, however much of the file is there. */
export interface Validation {
  readonly createdAt: string;
  readonly commit: { readonly id: string; readonly dirty: boolean };
  readonly device: { readonly name: string };
  /** Ranks, and the device of each where they were named. */
  readonly world?: { readonly size: number; readonly devices?: readonly number[] };
  readonly seed: number;
  readonly holds: boolean;
  /** False where it was stopped before its last check. */
  readonly complete?: boolean;
  readonly checks: readonly ValidationCheck[];
}

export interface ValidationCheck {
  readonly check: string;
  readonly subject: string;
  readonly claim: string;
  readonly verdict: string;
  readonly cases: number;
  readonly seed: number;
  readonly detail: string;
  readonly seconds: number;
}

/** Reads a validation; undefined where it has no checks. */
export function validationOf(value: FormattedJson): Validation | undefined {
  if (value.format !== 'flover-validation' || !Array.isArray(value.checks)) return undefined;
  return value as unknown as Validation;
}

/** The newest validations, that with most checks first. */
export function newestValidations(documents: readonly Found<FormattedJson>[]): Found<Validation>[] {
  const all = documents.flatMap((found) => {
    const value = validationOf(found.value);
    return value === undefined ? [] : [{ ...found, value }];
  });
  return newestOf(all).sort((a, b) => b.value.checks.length - a.value.checks.length);
}

/** What was validated: a device with the ranks on it. */
export function validatedDevice({ device, world }: Validation): string {
  return ranksOn(device.name, { worldSize: world?.size, devices: world?.devices });
}

/** Device, commit and seed in one line. */
export function validationSource(validation: Validation): string {
  const { commit, seed } = validation;
  return `${validatedDevice(validation)} · commit ${commit.id.slice(0, 12)} · seed ${seed}`;
}
