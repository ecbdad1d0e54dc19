import { interpolate } from '../fit/piecewise.ts';
import { noFeatures, type WorkFeatures } from '../work-features.ts';
import type { Line, Profile } from './profile-file.ts';
import { RooflineCostModel } from './roofline.ts';
import { devicesAtOnce, type RooflineConfig } from './roofline-config.ts';

/**
 * What a profile of one model on some ranks says of another model, other ranks or another device;
 * `from` is what was measured, `to` what is asked for.
 *
 * A work takes as many times as long as the data sheets say of its bytes, operations and sums, to
 * which each layer adds what it takes beside these in the measured decode of one row. KV, pairs and
 * copies go by their bytes and operations alone; the host, and what works do to each other, stay as
 * they were. `residuals` and `scatter` are those of what was measured: they do not know this step.
 */
export function transferProfile(
  profile: Profile,
  from: RooflineConfig,
  to: RooflineConfig,
): Profile {
  const { decode, prefill, mixed, interference } = profile;
  const ratio = ratioOf(profile, from, to);
  const [source, target] = [ratesOf(from), ratesOf(to)];
  const copied = ({ nanos, nanosPerUnit }: Line, by: 'byteSeconds' | 'swappedByteSeconds') => ({
    nanos,
    nanosPerUnit: (nanosPerUnit * target[by]) / source[by],
  });
  const attention = target.kvTokenSeconds / source.kvTokenSeconds;
  const pairs = target.pairSeconds / source.pairSeconds;
  const { reach } = prefill;
  const prefillRatios = prefill.knots.map((tokens) => ratio(promptOf(tokens)));
  const { worldSize = 1, collective = 'one-shot', ranksPerDevice = 1 } = to;
  return {
    ...profile,
    device: to.device === from.device ? profile.device : to.device.name,
    model: to.shape.name,
    dataType: to.dataType,
    worldSize,
    collective,
    ranksPerDevice,
    kvBytesPerToken: new RooflineCostModel(to).kvBytesPerToken,
    decode: {
      ...decode,
      nanos: decode.knots.map((rows, i) => decode.nanos[i] * ratio(batchOf(rows))),
      nanosPerKvToken: decode.nanosPerKvToken.map((slopes) => slopes.map((s) => s * attention)),
    },
    prefill: {
      knots: prefill.knots,
      nanos: prefill.nanos.map((nanos, i) => nanos * prefillRatios[i]),
      nanosPerPair: prefill.nanosPerPair * pairs,
      ...(reach && {
        reach: { ...reach, nanosPerToken: reach.nanosPerToken.map((nanos) => nanos * pairs) },
      }),
    },
    mixed: {
      ...mixed,
      nanos: mixed.nanos * ratio(batchOf(1)),
      ...(mixed.nanosPerRow !== undefined && {
        nanosPerRow: mixed.nanosPerRow * ratio(batchOf(1)),
      }),
    },
    moves: copied(profile.moves, 'byteSeconds'),
    swaps: copied(profile.swaps, 'swappedByteSeconds'),
    interference: {
      ...interference,
      // Surfaces bend where prompts of the same lengths take as long as they now do.
      prefillNanos: ascending(interference.prefillNanos.map((nanos) => nanos * nearest(nanos))),
    },
  };

  function nearest(nanos: number): number {
    const off = prefill.nanos.map((each) => Math.abs(each - nanos));
    return prefillRatios[off.indexOf(Math.min(...off))] ?? 1;
  }
}

/** Where prompts of other lengths come to take alike, their knots would change places: they follow closely. */
function ascending(knots: readonly number[]): number[] {
  let last = Number.NEGATIVE_INFINITY;
  return knots.map((knot) => {
    last = Math.max(knot, last + 1);
    return last;
  });
}

/** How many times as long a work of these rows takes. */
function ratioOf(
  { decode }: Profile,
  from: RooflineConfig,
  to: RooflineConfig,
): (features: WorkFeatures) => number {
  const [source, target] = [new RooflineCostModel(from), new RooflineCostModel(to)];
  const oneRow = interpolate(decode.knots, decode.nanos, 1) / 1e9;
  const rest = Math.max(0, oneRow - source.deviceSeconds(batchOf(1))) / from.shape.layers;
  return (features) =>
    (target.deviceSeconds(features) + rest * to.shape.layers) /
    (source.deviceSeconds(features) + rest * from.shape.layers);
}

/** Seconds by the data sheet for one of each. */
interface Rates {
  readonly kvTokenSeconds: number;
  readonly pairSeconds: number;
  readonly byteSeconds: number;
  readonly swappedByteSeconds: number;
}

/** So many that nothing else is in the way. */
const MANY = 1e9;

function ratesOf(config: RooflineConfig): Rates {
  const model = new RooflineCostModel(config);
  const seconds = (features: Partial<WorkFeatures>) =>
    model.deviceSeconds({ ...noFeatures(), ...features });
  const kv = (decodeKvTokens: number) => seconds({ decodeRows: 1, decodeKvTokens });
  const pairs = (prefillPairs: number) => seconds({ prefillTokens: 1, prefillPairs });
  const kvTokenSeconds = (kv(2 * MANY) - kv(MANY)) / MANY;
  return {
    kvTokenSeconds,
    pairSeconds: (pairs(2 * MANY) - pairs(MANY)) / MANY,
    byteSeconds: kvTokenSeconds / model.kvBytesPerToken,
    swappedByteSeconds: 1 / devicesAtOnce(config) / config.device.hostLinkBytesPerSecond,
  };
}

function batchOf(decodeRows: number): WorkFeatures {
  return { ...noFeatures(), decodeRows };
}

function promptOf(prefillTokens: number): WorkFeatures {
  return { ...noFeatures(), prefillTokens, prefillSampledRows: 1 };
}
