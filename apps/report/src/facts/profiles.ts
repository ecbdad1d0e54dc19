import type { FormattedJson, Found } from '../data/site-data.ts';
import { resultsFolder } from './newest.ts';

/** What a calibration left of the measured times, by kind of iteration; errors in percent. */
export interface FitResidual {
  readonly kind: string;
  readonly samples: number;
  readonly biasPercent: number;
  readonly mapePercent: number;
  readonly p50Percent: number;
  readonly p95Percent: number;
}

/** What a page says of a `flover-profile`. */
export interface CalibratedProfile {
  readonly name: string;
  readonly path: string;
  readonly device: string;
  readonly runs: number;
  readonly residuals: readonly FitResidual[];
}

/** One profile of each model, device and experiment: what its newest results were predicted from. */
export function newestProfiles(documents: readonly Found<FormattedJson>[]): CalibratedProfile[] {
  const newest = new Map<string, Found<FormattedJson>>();
  for (const found of documents) {
    const profile = profileOf(found);
    if (profile === undefined) continue;
    const key = JSON.stringify([found.experiment, profile.name, profile.device]);
    const known = newest.get(key);
    // Those beside results are of their time; folders `time-commit` sort by it.
    if (known === undefined || resultsFolder(known) < resultsFolder(found)) newest.set(key, found);
  }
  return [...newest.values()].flatMap((found) => profileOf(found) ?? []);
}

/** Reads a profile; undefined where it has no residuals. */
export function profileOf({ path, value }: Found<FormattedJson>): CalibratedProfile | undefined {
  const { device, model, dataType, runs, residuals, worldSize } = value;
  if (typeof residuals !== 'object' || residuals === null) return undefined;
  const kinds = Object.entries(residuals as Readonly<Record<string, Omit<FitResidual, 'kind'>>>);
  const ranks = typeof worldSize === 'number' && worldSize > 1 ? ` on ${worldSize} devices` : '';
  return {
    name: `${String(model)} ${String(dataType)}${ranks}`,
    path,
    device: String(device),
    runs: Array.isArray(runs) ? runs.length : 0,
    residuals: kinds.flatMap(([kind, residual]) =>
      residual.samples > 0 ? [{ kind: words(kind), ...residual }] : [],
    ),
  };
}

const BESIDE: Readonly<Record<string, string>> = {
  Beside: 'beside one other lane',
  Crowded: 'among several lanes',
};

/** 'decodeBeside' is 'decode beside one other lane'; a kind that says all is left as it is. */
function words(kind: string): string {
  const [, phase, company] = /^(.+?)(Beside|Crowded)$/.exec(kind) ?? [];
  return company === undefined ? kind : `${phase} ${BESIDE[company]}`;
}
