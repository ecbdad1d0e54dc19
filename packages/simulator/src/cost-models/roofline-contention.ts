/** Shares of a work's own undisturbed time, in [0, 1], for which it keeps a resource busy. */
export interface ResourceShares {
  readonly memoryShare: number;
  readonly computeShare: number;
}

/**
 * How much works slow each other down that share a device's memory and matrix units.
 *
 * Works meet on a resource in proportion to both their shares of it (their phases are independent),
 * so work i takes
 *
 *   1 + contention x sum over j != i of (memory[i] memory[j] + compute[i] compute[j])
 *
 * times as long, and never less than the busiest resource needs: max(sum memory, sum compute).
 * Two works that do nothing but read take twice as long together, whatever `contention` is.
 */
export function contend(
  running: readonly ResourceShares[],
  contention: number,
  factors: Float64Array,
): void {
  let memory = 0;
  let compute = 0;
  for (let i = 0; i < running.length; i++) {
    memory += running[i].memoryShare;
    compute += running[i].computeShare;
  }
  const leastFactor = Math.max(1, memory, compute);
  for (let i = 0; i < running.length; i++) {
    const { memoryShare, computeShare } = running[i];
    const met = memoryShare * (memory - memoryShare) + computeShare * (compute - computeShare);
    factors[i] = Math.max(leastFactor, 1 + contention * met);
  }
}
