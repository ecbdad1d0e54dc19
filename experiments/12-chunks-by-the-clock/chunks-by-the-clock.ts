import {
  decodeOrPreempt,
  definePolicy,
  FloverError,
  type LaneView,
  type Plan,
} from '@flover/policy';

/** Iterations of up to so many tokens. */
interface Size {
  readonly tokens: number;
  /** How long the latest of so many tokens took, or of fewer that broke the target; 0: none yet. */
  nanos: number;
  /** How many iterations had been planned before the latest of this size. */
  plannedAt: number;
}

/**
 * Chunked prefill that finds the size of its chunks by the clock. An iteration has one of a few
 * sizes, decodes and prompt tokens together. Of those that keep to `iterationTargetMs` it takes the
 * one that computes prompts fastest, by the times that they took on this device. The first size
 * that breaks the target, or was never tried, is tried once in `retryIterations`.
 */
export default definePolicy({
  name: 'chunks-by-the-clock',
  parameters: {
    iterationTargetMs: 45,
    smallestTokens: 64,
    largestTokens: 2048,
    retryIterations: 128,
  },
  create({ iterationTargetMs, smallestTokens, largestTokens, retryIterations }) {
    const sizes = sizesBetween(smallestTokens, largestTokens);
    const targetNanos = Math.round(iterationTargetMs * 1e6);
    /** Iterations that have not ended, in order. */
    const queued: { startNanos: number; readonly tokens: number; readonly size?: Size }[] = [];
    let planned = 0;

    /** What the lane no longer holds has ended now, and what is behind it begins. */
    function readClock(lane: LaneView, nowNanos: number): void {
      while (queued.length > lane.queued) {
        const { startNanos, tokens, size } = queued.shift()!;
        const nanos = nowNanos - startNanos;
        if (size?.tokens === tokens || (size && nanos > targetNanos)) size.nanos = nanos;
        if (queued[0] !== undefined) queued[0].startNanos = nowNanos;
      }
    }

    /** Tokens that the next iteration may have, of which `decodes` are taken. */
    function choose(decodes: number): number {
      const usable = sizes.filter((size) => size.tokens > decodes);
      let best = usable[0];
      for (const size of usable) {
        if (size.nanos === 0 || size.nanos > targetNanos) {
          return planned - size.plannedAt > retryIterations ? size.tokens : best!.tokens;
        }
        const gain = (size.tokens - decodes) * best!.nanos - (best!.tokens - decodes) * size.nanos;
        if (gain > 0) best = size;
      }
      return best?.tokens ?? 0;
    }

    return {
      name: 'chunks-by-the-clock',
      lanes: ['main'],
      claims: { fifoAdmission: true, workConserving: true },
      plan(lane, plan) {
        readClock(lane, plan.nowNanos);
        decodeOrPreempt(lane, plan, 'recompute');
        fill(plan, choose(plan.newTokens));
        if (plan.rows === 0) return;
        const tokens = plan.newTokens;
        const size = sizes.find((size) => size.tokens >= tokens);
        queued.push({ startNanos: plan.nowNanos, tokens, ...(size && { size }) });
        if (size !== undefined) size.plannedAt = planned;
        planned++;
      },
    };
  },
});

/** In half octaves: 64, 96, 128, 192, 256, ... tokens. */
function sizesBetween(smallest: number, largest: number): Size[] {
  if (!(Number.isSafeInteger(smallest) && smallest >= 1 && largest >= smallest)) {
    throw new FloverError(
      'bad-parameter',
      `smallestTokens is ${smallest} and largestTokens ${largest}; allowed: whole numbers from 1, in this order`,
      "set them in the policy's parameters",
    );
  }
  const sizes: Size[] = [];
  for (let tokens = smallest; tokens <= largest; ) {
    sizes.push({ tokens, nanos: 0, plannedAt: -Infinity });
    const octave = 2 ** Math.floor(Math.log2(tokens));
    tokens = octave > 1 && tokens < 1.5 * octave ? 1.5 * octave : 2 * octave;
  }
  return sizes;
}

/** Prompts in order of admission, then of arrival, as far as `tokens` go. */
function fill(plan: Plan, tokens: number): void {
  for (const sequence of plan.prefilling > 0 ? plan.sequences : []) {
    if (plan.newTokens >= tokens) return;
    if (sequence.state === 'prefill') plan.prefill(sequence, tokens - plan.newTokens);
  }
  while (plan.newTokens < tokens && plan.preempted === 0) {
    const next = plan.waiting.first;
    const sequence = next && plan.admit(next)[0];
    if (sequence === undefined) return;
    plan.prefill(sequence, tokens - plan.newTokens);
  }
}
