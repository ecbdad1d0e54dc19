import { randomGamma } from 'd3-random';
import { positive } from '../checks.ts';
import { ExactClock } from '../clock.ts';
import type { RandomStream } from '../random.ts';
import type { ArrivalProcess, GammaArrivals } from './config.ts';
import { meanGapNanos } from './rate.ts';

/** Independent gamma gaps of shape 1/cv^2 and scale mean x cv^2. */
export function gammaArrivals(config: GammaArrivals, random: RandomStream): ArrivalProcess {
  const meanNanos = meanGapNanos(config);
  const cv = positive(config.coefficientOfVariation, 'arrivals.coefficientOfVariation');
  const gap = randomGamma.source(random)(1 / cv ** 2, meanNanos * cv ** 2);
  const clock = new ExactClock();
  return {
    nextNanos() {
      clock.advance(gap());
      return clock.nanos;
    },
  };
}
