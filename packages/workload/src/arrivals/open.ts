import type { RandomStream } from '../random.ts';
import { allAtOnceArrivals } from './all-at-once.ts';
import { burstArrivals } from './bursts.ts';
import type { ArrivalProcess, OpenArrivalConfig } from './config.ts';
import { constantArrivals } from './constant.ts';
import { explicitArrivals } from './explicit.ts';
import { gammaArrivals } from './gamma.ts';
import { poissonArrivals } from './poisson.ts';

/** The arrival process of a configuration; `random` gives the stream of a name. */
export function openArrivals(
  config: OpenArrivalConfig,
  requests: number,
  random: (name: string) => RandomStream,
): ArrivalProcess {
  switch (config.kind) {
    case 'constant':
      return constantArrivals(config);
    case 'poisson':
      return poissonArrivals(config, random('arrivals'));
    case 'gamma':
      return gammaArrivals(config, random('arrivals'));
    case 'bursts':
      return burstArrivals(config, random('arrivals'), random('phases'));
    case 'all-at-once':
      return allAtOnceArrivals(config);
    case 'explicit':
      return explicitArrivals(config, requests);
  }
}
