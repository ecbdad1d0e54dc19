import { randomExponential } from 'd3-random';
import { notNegative, positive } from '../checks.ts';
import { ExactClock } from '../clock.ts';
import type { RandomStream } from '../random.ts';
import type { ArrivalProcess, BurstArrivals } from './config.ts';

/**
 * A Poisson process with a rate that switches, by time change: unit-exponential amounts of expected
 * arrivals are laid end to end along the integral of the rate. Exact; no thinning, no gap is cut.
 */
export function burstArrivals(
  config: BurstArrivals,
  random: RandomStream,
  phaseRandom: RandomStream,
): ArrivalProcess {
  const phases = phaseLengths(config, phaseRandom);
  const perNano = [
    positive(config.onRequestsPerSecond, 'arrivals.onRequestsPerSecond') / 1e9,
    notNegative(config.offRequestsPerSecond ?? 0, 'arrivals.offRequestsPerSecond') / 1e9,
  ] as const;
  const unitGap = randomExponential.source(random)(1);
  const clock = new ExactClock();
  let phase: 0 | 1 = 0;
  let leftNanos = phases(phase);
  return {
    nextNanos() {
      let expected = unitGap();
      while (expected > perNano[phase] * leftNanos) {
        expected -= perNano[phase] * leftNanos;
        clock.advance(leftNanos);
        phase = phase === 0 ? 1 : 0;
        leftNanos = phases(phase);
      }
      if (expected > 0) {
        const gapNanos = Math.min(expected / perNano[phase], leftNanos);
        clock.advance(gapNanos);
        leftNanos -= gapNanos;
      }
      return clock.nanos;
    },
  };
}

function phaseLengths(config: BurstArrivals, random: RandomStream): (phase: 0 | 1) => number {
  const means = [
    positive(config.onMs, 'arrivals.onMs') * 1e6,
    notNegative(config.offMs, 'arrivals.offMs') * 1e6,
  ] as const;
  if (config.phases !== 'exponential') return (phase) => means[phase];
  const unit = randomExponential.source(random)(1);
  return (phase) => unit() * means[phase];
}
