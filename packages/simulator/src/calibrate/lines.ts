import { linearRegression, median } from 'simple-statistics';
import type { Line } from '../cost-models/profile-file.ts';

const ZERO: Line = { nanos: 0, nanosPerUnit: 0 };

/**
 * A straight line through (units, nanos): least squares where the units differ and the line rises
 * from a base of at least 0, else through the origin (`proportional`) or the median.
 */
export function fitLine(
  points: readonly (readonly [units: number, nanos: number])[],
  fallback: 'median' | 'proportional',
): Line {
  if (points.length === 0) return ZERO;
  if (new Set(points.map(([units]) => units)).size > 1) {
    const { m, b } = linearRegression(points.map(([units, nanos]) => [units, nanos]));
    if (m >= 0 && b >= 0) return { nanos: b, nanosPerUnit: m };
  }
  if (fallback === 'median') return { nanos: median(points.map(([, y]) => y)), nanosPerUnit: 0 };
  const units = points.reduce((sum, [x]) => sum + x, 0);
  const nanos = points.reduce((sum, [, y]) => sum + y, 0);
  return units > 0 ? { nanos: 0, nanosPerUnit: nanos / units } : ZERO;
}
