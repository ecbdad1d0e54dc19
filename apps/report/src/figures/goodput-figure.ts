import type { MetricKey, Sweep } from '@flover/metrics';
import { listed, withUnit } from '../marks/format.ts';
import type { Figure } from './figure.ts';
import { curvesFigure, type LoadCurves } from './load-curves.ts';

export const GOODPUT_METRICS: readonly MetricKey[] = [
  'goodputRequestsPerSecond',
  'sloShare',
  'requestsPerSecond',
];
/** A load is carried while so many of the requests meet their objectives. */
const CARRIED = 0.9;

/** Requests that meet every objective over load; none where no objective was set. */
export function goodputFigure(curves: LoadCurves): Figure | undefined {
  if (curves.sweep.slo === undefined) return undefined;
  const part = { id: 'goodput', title: 'Goodput over load', keys: GOODPUT_METRICS };
  return curvesFigure(curves, { ...part, finding: sentence(curves) });
}

/** The highest load at which most requests meet their objectives, by policy. */
function sentence({ sweep, slice, axis }: LoadCurves): string {
  const further = axis.heaviest === 'largest' ? Math.max : Math.min;
  const carried = sweep.labels.map((name) => {
    const loads = slice.points.flatMap(({ label, axes, metrics }) =>
      label === name && (metrics.sloShare?.estimate ?? 0) >= CARRIED
        ? [axis.loadOf(axes[axis.key] as number)]
        : [],
    );
    return { name, load: loads.length > 0 ? further(...loads) : null };
  });
  const share = `${100 * CARRIED} %`;
  const slo = objectives(sweep);
  const able = carried.flatMap(({ name, load }) => (load === null ? [] : [{ name, load }]));
  const never = carried.filter(({ load }) => load === null).map(({ name }) => name);
  if (able.length === 0)
    return `No policy meets ${slo} for ${share} of the requests at any load tried.`;
  able.sort((a, b) => (further(a.load, b.load) === a.load ? -1 : 1));
  const loads = [...new Set(able.map(({ load }) => load))];
  const parts = loads.map((load) => {
    const names = able.filter((one) => one.load === load).map(({ name }) => name);
    return `${axis.say(load)} under ${listed(names)}`;
  });
  const rest = never.length === 0 ? '' : `; at no load tried under ${listed(never)}`;
  return `In simulation ${share} of the requests meet ${slo} up to ${listed(parts)}${rest}.`;
}

function objectives({ slo }: Sweep): string {
  const names = { ttftMs: 'TTFT', tpotMs: 'TPOT', e2eMs: 'E2E' } as const;
  const parts = (['ttftMs', 'tpotMs', 'e2eMs'] as const).flatMap((key) => {
    const value = slo?.[key];
    return value === undefined ? [] : [`${names[key]} ≤ ${withUnit(value, 'ms')}`];
  });
  return listed(parts);
}
