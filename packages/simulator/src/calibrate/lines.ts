import { median } from 'simple-statistics';
import type { Line } from '../cost-models/profile-file.ts';
import { fitRelative } from '../fit/robust.ts';

const ZERO: Line = { nanos: 0, nanosPerUnit: 0 };

/**
 * A straight line through (units, nanos), stragglers held down: least squares where the units differ
 * and the line rises from a base of at least 0, else through the origin (`proportional`) or the
 * median. Times of 0 say that nothing was measured.
 */
export function fitLine(
  points: readonly (readonly [units: number, nanos: number])[],
  fallback: 'median' | 'proportional',
): Line {
  const timed = points.filter(([, nanos]) => nanos > 0);
  if (timed.length === 0) return ZERO;
  const fitted = fitRelative(
    timed.map(([units]) => [1, units]),
    timed.map(([, nanos]) => nanos),
  );
  if (fitted !== undefined && fitted[0] >= 0 && fitted[1] >= 0) {
    return { nanos: fitted[0], nanosPerUnit: fitted[1] };
  }
  if (fallback === 'median') return { nanos: median(timed.map(([, y]) => y)), nanosPerUnit: 0 };
  const units = timed.reduce((sum, [x]) => sum + x, 0);
  const nanos = timed.reduce((sum, [, y]) => sum + y, 0);
  return units > 0 ? { nanos: 0, nanosPerUnit: nanos / units } : ZERO;
}
