import { fitInterference } from './calibrate/interference.ts';
import { fitLine } from './calibrate/lines.ts';
import { fitMixed } from './calibrate/mixed.ts';
import { fitDecode, fitPrefill } from './calibrate/phases.ts';
import type { MeasuredWork } from './calibrate/recorder.ts';
import { type Sample, samplesOf } from './calibrate/samples.ts';
import { rowsNanos } from './cost-models/profile.ts';
import type { Line, Profile } from './cost-models/profile-file.ts';
import { type Residuals, residualsOf } from './fit/residuals.ts';

/** What the profile says about itself. */
export interface CalibrationSubject {
  readonly device: string;
  readonly model: string;
  readonly dataType: string;
  readonly worldSize: number;
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
  const alone = samples.filter((s) => s.besideDecodeNanos === 0 && s.besidePrefillNanos === 0);
  const decodes = alone.filter((s) => s.features.decodeRows > 0 && s.features.prefillTokens === 0);
  const prefills = alone.filter((s) => s.features.decodeRows === 0);
  const both = alone.filter((s) => s.features.decodeRows > 0 && s.features.prefillTokens > 0);
  const decode = fitDecode(decodes);
  const prefill = fitPrefill(prefills);
  const mixed = fitMixed(both, { decode, prefill });
  const phases = { decode, prefill, mixed };
  const moved = samples.filter((s) => s.features.moves > 0 && s.features.swappedTokens === 0);
  const swapped = samples.filter((s) => s.features.moves === 0 && s.features.swappedTokens > 0);
  const moves = fitCopies(moved);
  return {
    format: 'flover-profile',
    version: 1,
    ...subject,
    ...phases,
    moves,
    swaps: fitCopies(swapped),
    plan: fitLine(
      samples.map((s) => [s.rows, s.planNanos]),
      'median',
    ),
    launch: fitLaunch(samples),
    interference: fitInterference(samples, phases),
    residuals: {
      decode: phaseResiduals(decodes, phases),
      prefill: phaseResiduals(prefills, phases),
      mixed: phaseResiduals(both, phases),
      moves: copyResiduals(moved, moves),
    },
  };
}

/** What an idle lane waits for the host, where that was seen; else the time of the call alone. */
function fitLaunch(samples: readonly Sample[]): Line {
  const waits = samples.flatMap(({ rows, latencyNanos }) =>
    latencyNanos === undefined ? [] : [[rows, latencyNanos] as const],
  );
  if (waits.length > 0) return fitLine(waits, 'median');
  return fitLine(
    samples.map((s) => [s.rows, s.launchNanos]),
    'median',
  );
}

function fitCopies(samples: readonly Sample[]): Line {
  return fitLine(
    samples.map((s) => [s.movedBytes, s.moveNanos]),
    'proportional',
  );
}

function phaseResiduals(
  samples: readonly Sample[],
  phases: Pick<Profile, 'decode' | 'prefill' | 'mixed'>,
): Residuals {
  const predicted = samples.map((s) => rowsNanos(phases, s.features));
  return residualsOf(
    predicted,
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
