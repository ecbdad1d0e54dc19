import type { Sweep, SweepPoint } from '@flover/metrics';
import type { Found } from '../data/site-data.ts';
import { counted, listed, number } from '../marks/format.ts';
import { distanceOf } from './cost-models.ts';
import { at } from './dotted-key.ts';
import { describe } from './provenance.ts';
import { quantityOf } from './varied.ts';

/** The points of a sweep at one setting of every axis but the one along which lines are drawn. */
export interface SweepSlice {
  /** The settings of the other axes in words; '' where there are none. */
  readonly name: string;
  /** The axis of numbers along which it is drawn; undefined where no axis has two numbers. */
  readonly along: string | undefined;
  readonly points: readonly SweepPoint[];
}

/** A sweep along its longest axis of numbers, cut at every setting of the others. */
export function slicesOf(sweep: Sweep): SweepSlice[] {
  const numeric = sweep.axes.filter(
    ({ values }) => values.length > 1 && values.every((value) => typeof value === 'number'),
  );
  const along = [...numeric].sort((a, b) => b.values.length - a.values.length)[0]?.key;
  const slices = new Map<string, SweepPoint[]>();
  for (const point of sweep.points) {
    const name = settingName(point, along);
    const slice = slices.get(name);
    if (slice === undefined) slices.set(name, [point]);
    else slice.push(point);
  }
  return [...slices].map(([name, points]) => ({ name, along, points }));
}

/** A setting in words: "reordering off · slots 32". */
export function settingName({ axes }: SweepPoint, without?: string): string {
  return Object.entries(axes)
    .filter(([key]) => key !== without)
    .map(([key, value]) => `${quantityOf(key).name} ${valueName(value)}`)
    .join(' · ');
}

function valueName(value: unknown): string {
  if (typeof value === 'number') return number(value);
  if (value === null || typeof value !== 'object') return String(value);
  const { kind, tokens, minTokens, maxTokens, ...rest } = value as Readonly<
    Record<string, unknown>
  >;
  if (kind === 'fixed' && typeof tokens === 'number') return `of ${counted(tokens, 'token')}`;
  if (kind === 'uniform' && typeof minTokens === 'number' && typeof maxTokens === 'number') {
    return `of ${number(minTokens)} to ${counted(maxTokens, 'token')}`;
  }
  const { medianTokens, sigma } = rest;
  if (kind === 'log-normal' && typeof medianTokens === 'number' && typeof sigma === 'number') {
    const most = typeof maxTokens === 'number' ? `, at most ${number(maxTokens)}` : '';
    return `of ${counted(medianTokens, 'token')} at the median, sigma ${number(sigma)}${most}`;
  }
  return describe(value as Readonly<Record<string, unknown>>);
}

/** Was it predicted from data sheets alone? */
export const isFromDataSheets = ({ costModels }: Sweep): boolean =>
  costModels.every(({ name }) => name === 'roofline');

/**
 * Sweeps in the order in which they are told: several policies before one, then the nearer to
 * measurements the sooner, otherwise as they were run.
 */
export function inTellingOrder(sweeps: readonly Found<Sweep>[]): Found<Sweep>[] {
  const far = ({ value }: Found<Sweep>) => Math.max(...value.costModels.map(distanceOf));
  const alone = ({ value }: Found<Sweep>) => Number(value.labels.length < 2);
  const when = ({ value }: Found<Sweep>) => value.createdAt;
  return [...sweeps].sort(
    (a, b) => alone(a) - alone(b) || far(a) - far(b) || (when(a) < when(b) ? -1 : 1),
  );
}

/** What a sweep is called beside others: by its cost model too where another has its name. */
export function sweepTitle(sweep: Sweep, all: readonly Sweep[]): string {
  const same = all.filter(({ name }) => name === sweep.name);
  return same.length < 2 ? sweep.name : `${sweep.name}, ${predictedBy(sweep)}`;
}

/** Such as "by profile". */
export function predictedBy({ costModels }: Sweep): string {
  return `by ${listed([...new Set(costModels.map(({ name }) => name))])}`;
}

/** Cost model, model, requests, commit and seeds in one line, to stand under a figure. */
export function sweepSource({ costModels, commit, seeds, experiment, axes }: Sweep): string {
  const models = listed(costModels.map(({ name, from }) => `${name} (${from})`));
  const fixed = (key: string) =>
    axes.some((axis) => axis.key === key) ? undefined : at(experiment, key);
  const requests = fixed('workload.requests');
  const what = [
    fixed('model.shape') ?? fixed('model.checkpoint'),
    typeof requests === 'number' ? `${counted(requests, 'request')} a run` : undefined,
  ].flatMap((part) => (typeof part === 'string' ? [`${part} · `] : []));
  const dirty = commit.dirty ? ' with uncommitted changes' : '';
  const seed =
    seeds.length === 1
      ? `seed ${seeds[0]}`
      : `${seeds.length} seeds (${seeds[0]} to ${seeds.at(-1)})`;
  return `simulated by ${models} · ${what.join('')}commit ${commit.id.slice(0, 12)}${dirty} · ${seed}`;
}
