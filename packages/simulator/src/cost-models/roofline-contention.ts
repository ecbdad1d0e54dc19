/**
 * How much works slow each other down that share a device's memory and matrix units.
 *
 * memory[i] and compute[i] are the shares of its own undisturbed time, in [0, 1], for which work i
 * keeps each busy. Works meet on a resource in proportion to both their shares (their phases are
 * independent), so work i takes
 *
 *   1 + contention x sum over j != i of (memory[i] memory[j] + compute[i] compute[j])
 *
 * times as long, and never less than the busiest resource needs: max(sum memory, sum compute).
 * Two works that do nothing but read take twice as long together, whatever `contention` is.
 */
export function contend(
  count: number,
  memory: readonly number[],
  compute: readonly number[],
  contention: number,
  factors: Float64Array,
): void {
  let memorySum = 0;
  let computeSum = 0;
  for (let i = 0; i < count; i++) {
    memorySum += memory[i];
    computeSum += compute[i];
  }
  const leastFactor = Math.max(1, memorySum, computeSum);
  for (let i = 0; i < count; i++) {
    const met = memory[i] * (memorySum - memory[i]) + compute[i] * (computeSum - compute[i]);
    factors[i] = Math.max(leastFactor, 1 + contention * met);
  }
}
