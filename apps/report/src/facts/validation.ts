import type { FormattedJson } from '../data/site-data.ts';

/** What a page says of a `flover-validation`, however much of the file is there. */
export interface Validation {
  readonly createdAt: string;
  readonly commit: { readonly id: string; readonly dirty: boolean };
  readonly device: { readonly name: string };
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

/** Device, commit and seed in one line. */
export function validationSource({ device, commit, seed }: Validation): string {
  return `${device.name} · commit ${commit.id.slice(0, 12)} · seed ${seed}`;
}
