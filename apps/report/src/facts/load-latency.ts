import { type Comparison, canonicalJson, type Sweep, type SweepPoint } from '@flover/metrics';
import { number } from '../marks/format.ts';
import { at } from './dotted-key.ts';
import { settingName } from './sweeps.ts';
import { amount, axisTitle, quantityOf } from './varied.ts';

/** What a load is counted in; intervals between arrivals are turned into rates. */
export interface LoadAxis {
  /** Dotted key of the axis. */
  readonly key: string;
  readonly title: string;
  readonly loadOf: (value: number) => number;
  /** A load in words, such as "4 requests/s". */
  readonly say: (load: number) => string;
  /** The shortest interval is the heaviest load. */
  readonly heaviest: 'largest' | 'smallest';
}

/** A sweep at one setting of every axis but its load. */
export interface LoadSlice {
  /** The other settings in words; '' where there are none. */
  readonly name: string;
  readonly points: readonly SweepPoint[];
}

const same = (value: number) => value;
const RATE = {
  title: 'offered load, requests/s',
  say: (load: number) => `${number(load)} ${load === 1 ? 'request' : 'requests'}/s`,
  heaviest: 'largest',
} as const;
const RECORDED = {
  title: axisTitle(quantityOf('scaleRateBy')),
  say: (load: number) => amount(load, quantityOf('scaleRateBy')),
  heaviest: 'largest',
} as const;
const INTERVAL = {
  title: 'interval between arrivals, ms',
  say: (load: number) => `an interval of ${number(load)} ms`,
  heaviest: 'smallest',
} as const;

/**
 * The axis of a sweep that says how much is asked of a server; undefined where none does. Of keys that
 * are varied together, the first counts.
 */
export function loadAxisOf({ axes }: Sweep): LoadAxis | undefined {
  for (const { key, values, sets = { [key]: values } } of axes) {
    if (values.length < 2 || !values.every((value) => typeof value === 'number')) continue;
    const last = Object.keys(sets)[0]?.split('.').at(-1);
    if (last === 'requestsPerSecond') return { key, ...RATE, loadOf: same };
    if (last === 'scaleRateBy') return { key, ...RECORDED, loadOf: same };
    if (last !== 'meanIntervalMs' && last !== 'intervalMs') continue;
    // No rate says what an interval of 0 is: the interval itself stays the axis.
    return values.some((value) => value === 0)
      ? { key, ...INTERVAL, loadOf: same }
      : { key, ...RATE, loadOf: (value) => 1000 / value };
  }
  return undefined;
}

/** A sweep cut at every setting of the axes other than its load. */
export function loadSlices(sweep: Sweep, axis: LoadAxis): LoadSlice[] {
  const slices = new Map<string, SweepPoint[]>();
  for (const point of sweep.points) {
    const name = settingName(point, axis.key);
    const slice = slices.get(name);
    if (slice === undefined) slices.set(name, [point]);
    else slice.push(point);
  }
  return [...slices].map(([name, points]) => ({ name, points }));
}

/**
 * The load of a comparison that belongs to a slice; undefined where it differs in more than its load
 * and its number of requests, or in what it cannot be compared by.
 */
export function loadInSlice(
  comparison: Comparison,
  sweep: Sweep,
  axis: LoadAxis,
  slice: LoadSlice,
): number | undefined {
  if (!isForDevice(sweep, comparison)) return undefined;
  const first = slice.points[0]!.axes;
  for (const { key } of sweep.axes) {
    if (key === axis.key) continue;
    if (canonicalJson(settingOf(comparison, key) ?? null) !== canonicalJson(first[key] ?? null)) {
      return undefined;
    }
  }
  const shape = at(sweep.experiment, 'model.shape');
  const varied = sweep.axes.some(({ key }) => key === 'model.shape');
  if (!varied && shape !== undefined && shape !== comparison.model.name) return undefined;
  const kind = at(sweep.experiment, 'workload.arrivals.kind');
  if (kind !== undefined && kind !== at(comparison.workload, 'arrivals.kind')) return undefined;
  const value = settingOf(comparison, axis.key) ?? convertedRate(comparison, axis.key);
  return typeof value === 'number' ? axis.loadOf(value) : undefined;
}

/**
 * Was a sweep predicted for the kind of device that a comparison ran on, where it names one?
 *
 * Data sheets are called after the family ('h100-sxm'), devices have it in their names ('NVIDIA H100 80GB').
 */
function isForDevice({ experiment }: Sweep, { engine }: Comparison): boolean {
  const sheet = at(experiment, 'costModel.device');
  if (typeof sheet !== 'string' || engine === undefined) return true;
  const family = sheet.split('-')[0]!.toLowerCase();
  return engine.backend === family || engine.device.toLowerCase().split(/\s/).includes(family);
}

/** A rate where the axis is an interval, and the other way round. */
function convertedRate({ workload }: Comparison, key: string): number | undefined {
  const last = key.split('.').at(-1);
  const other = last === 'meanIntervalMs' ? 'requestsPerSecond' : 'meanIntervalMs';
  if (last !== 'meanIntervalMs' && last !== 'requestsPerSecond') return undefined;
  const value = at(workload, `arrivals.${other}`);
  return typeof value === 'number' && value > 0 ? 1000 / value : undefined;
}

function settingOf(comparison: Comparison, key: string): unknown {
  if (key === 'model.shape') return comparison.model.name;
  if (key === 'model.dataType') return comparison.model.dataType;
  if (key.startsWith('memory')) return at({ memory: comparison.cells[0]?.memory }, key);
  return at({ workload: comparison.workload, limits: comparison.limits }, key);
}
