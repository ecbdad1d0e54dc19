import { fitHost } from './calibrate/host.ts';
import { fitInterference } from './calibrate/interference.ts';
import { fitLine } from './calibrate/lines.ts';
import { fitMixed } from './calibrate/mixed.ts';
import { companyOf, isPrefill, type Pairs } from './calibrate/pairs.ts';
import { fitDecode, fitPrefill } from './calibrate/phases.ts';
import type { MeasuredWork } from './calibrate/recorder.ts';
import { type Sample, samplesOf } from './calibrate/samples.ts';
import { scattersOf } from './calibrate/scatters.ts';
import { besideNanos } from './calibrate/spans.ts';
import type { Collective } from './cost-models/collectives.ts';
import type { Line, Profile } from './cost-models/profile-file.ts';
import { rowsNanos } from './cost-models/profile-rows.ts';
import { type Residuals, residualsOf } from './fit/residuals.ts';

const FEWEST_COPIES = 6;

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
  const samples = runs.flatMap(samplesOf).filter((s) => s.rowsNanos > 0);
  const alone = samples.filter((s) => s.besideNanos === 0);
  const decodes = alone.filter((s) => s.features.decodeRows > 0 && decodesOnly(s));
  // A work that only swaps has no rows at all.
  const prefills = alone.filter((s) => s.features.decodeRows === 0 && isPrefill(s));
  const both = alone.filter((s) => s.features.decodeRows > 0 && !decodesOnly(s));
  const decode = fitDecode(decodes);
  const prefill = fitPrefill(prefills);
  const mixed = fitMixed(both, { decode, prefill });
  const phases = { decode, prefill, mixed };
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
    version: 7,
    ...subject,
    ...phases,
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
