import { randomExponential } from 'd3-random';
import { ExactClock } from '../clock.ts';
import type { RandomStream } from '../random.ts';
import type { ArrivalProcess, PoissonArrivals } from './config.ts';
import { meanGapNanos } from './rate.ts';

/** Independent exponential gaps. */
export function poissonArrivals(config: PoissonArrivals, random: RandomStream): ArrivalProcess {
  const meanNanos = meanGapNanos(config);
  const unitGap = randomExponential.source(random)(1);
  const clock = new ExactClock();
  return {
    nextNanos() {
      clock.advance(unitGap() * meanNanos);
      return clock.nanos;
    },
  };
}
