import { fitHost } from './calibrate/host.ts';
import { fitInterference } from './calibrate/interference.ts';
import { fitLine } from './calibrate/lines.ts';
import { fitMixed } from './calibrate/mixed.ts';
import { companyOf, isPrefill, type Pairs } from './calibrate/pairs.ts';
import { fitPasses, showPasses } from './calibrate/passes.ts';
import { fitDecode, fitPrefill } from './calibrate/phases.ts';
import type { MeasuredWork } from './calibrate/recorder.ts';
import { type Sample, samplesOf } from './calibrate/samples.ts';
import { scattersOf } from './calibrate/scatters.ts';
import { besideNanos } from './calibrate/spans.ts';
import { cooled, fitWarmth } from './calibrate/warmth.ts';
import type { Collective } from './cost-models/collectives.ts';
import type { Line, Profile, WarmthCosts } from './cost-models/profile-file.ts';
import { type Phases, rowsNanos } from './cost-models/profile-rows.ts';
import { type Residuals, residualsOf } from './fit/residuals.ts';

const FEWEST_COPIES = 6;
const WARMTH_ROUNDS = 3;

/** What the profile says about itself. */
export interface CalibrationSubject {
  readonly device: string;
  readonly model: string;
  readonly dataType: string;
  readonly worldSize: number;
  readonly collective?: Collective;
  readonly ranksPerDevice?: number;
  readonly runs: readonly string[];
  readonly kvBytesPerToken: number;
}

/**
 * Fits a profile to the measured works of several runs.
 *
 * Phases are fitted to works that nothing ran beside; interference to all others. Give it runs made
 * for the purpose, never the workloads that shall be predicted. Throws `calibration-incomplete`
 * where decode or prefill was hardly measured.
 */
export function calibrate(
  runs: readonly (readonly MeasuredWork[])[],
  subject: CalibrationSubject,
): Profile {
  // Each run has a clock of its own: what ran beside a work is looked for in its own run.
  const measured = runs.flatMap(samplesOf).filter((s) => s.rowsNanos > 0);
  const { samples, phases, warmth } = fitPhases(measured);
  const { decodes, prefills, both } = aloneOf(samples);
  const interference = fitInterference(samples, phases);
  const alonePrediction = (s: Sample) => rowsNanos(phases, s.features);
  const besidePrediction = (s: Sample) => besideNanos(s, phases, interference);
  const host = fitHost(samples);
  const { accompanied, givenAlone, crowded } = companyOf(samples);
  const paired = (kind: keyof Pairs) => [...accompanied[kind], ...givenAlone[kind]];
  const moved = undisturbed(
    samples.filter((s) => s.features.moves > 0 && s.features.swappedTokens === 0),
  );
  const swapped = undisturbed(
    samples.filter((s) => s.features.moves === 0 && s.features.swappedTokens > 0),
  );
  const moves = fitCopies(moved);
  return {
    format: 'flover-profile',
    version: 9,
    ...subject,
    ...phases,
    ...(warmth && { warmth }),
    moves,
    swaps: fitCopies(swapped),
    host,
    interference,
    residuals: {
      decode: residualsBy(decodes, alonePrediction),
      prefill: residualsBy(prefills, alonePrediction),
      mixed: residualsBy(both, alonePrediction),
      moves: copyResiduals(moved, moves),
      decodeBeside: residualsBy(paired('decodes'), besidePrediction),
      prefillBeside: residualsBy(paired('prefills'), besidePrediction),
      decodeCrowded: residualsBy(
        crowded.filter((s) => !isPrefill(s)),
        besidePrediction,
      ),
      prefillCrowded: residualsBy(crowded.filter(isPrefill), besidePrediction),
    },
    scatter: scattersOf(samples, { phases, interference, host }),
  };
}

/** Works that nothing ran beside. */
function aloneOf(samples: readonly Sample[]) {
  const alone = samples.filter((s) => s.besideNanos === 0);
  return {
    decodes: alone.filter((s) => s.features.decodeRows > 0 && decodesOnly(s)),
    // A work that only swaps has no rows at all.
    prefills: alone.filter((s) => s.features.decodeRows === 0 && isPrefill(s)),
    both: alone.filter((s) => s.features.decodeRows > 0 && !decodesOnly(s)),
  };
}

/**
 * Where chunks of long prompts were measured, by passes and on a device that gets warm; the samples
 * are then those of a cool one.
 */
function fitPhases(measured: readonly Sample[]): {
  samples: readonly Sample[];
  phases: Phases;
  warmth?: WarmthCosts;
} {
  const { decodes, prefills, both } = aloneOf(measured);
  const decode = fitDecode(decodes);
  const passes = showPasses([...prefills, ...both])
    ? fitPasses([...prefills, ...both], decode)
    : undefined;
  if (passes === undefined) {
    const prefill = fitPrefill(prefills);
    const mixed = fitMixed(both, { decode, prefill });
    return { samples: measured, phases: { decode, prefill, mixed } };
  }
  let phases: Phases = { decode, ...passes };
  let samples = measured;
  let warmth: WarmthCosts | undefined;
  // How hard prompts work a device depends on what they take on a cool one, and that on this.
  for (let round = 0; round < WARMTH_ROUNDS; round++) {
    warmth = fitWarmth(measured, phases, warmth?.constantNanos);
    if (warmth === undefined) return { samples: measured, phases };
    samples = cooled(measured, phases, warmth);
    const cool = aloneOf(samples);
    phases = { decode, ...(fitPasses([...cool.prefills, ...cool.both], decode) ?? passes) };
  }
  const coolDecode = fitDecode(aloneOf(samples).decodes);
  return { samples, phases: { ...phases, decode: coolDecode }, ...(warmth && { warmth }) };
}

function decodesOnly({ features }: Sample): boolean {
  return features.prefillTokens === 0;
}

/** Those that nothing ran beside, if these are enough for a line. */
function undisturbed(samples: readonly Sample[]): readonly Sample[] {
  const alone = samples.filter((s) => s.besideNanos === 0);
  return alone.length < FEWEST_COPIES ? samples : alone;
}

function fitCopies(samples: readonly Sample[]): Line {
  return fitLine(
    samples.map((s) => [s.movedBytes, s.moveNanos]),
    'proportional',
  );
}

function residualsBy(samples: readonly Sample[], predict: (s: Sample) => number): Residuals {
  return residualsOf(
    samples.map(predict),
    samples.map((s) => s.rowsNanos),
  );
}

function copyResiduals(samples: readonly Sample[], line: Line): Residuals {
  const timed = samples.filter((s) => s.moveNanos > 0);
  const predicted = timed.map((s) => line.nanos + line.nanosPerUnit * s.movedBytes);
  return residualsOf(
    predicted,
    timed.map((s) => s.moveNanos),
  );
}
