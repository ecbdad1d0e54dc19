/** A part of a run's time, microseconds. */
export type TimeWindow = readonly [from: number, to: number];

/** No closer than this: below it the marks say no more. */
const LEAST_MICROS = 100;

/** The window scaled about its middle; a factor below 1 zooms in. Stays within [0, end]. */
export function zoomed([from, to]: TimeWindow, factor: number, end: number): TimeWindow {
  const middle = (from + to) / 2;
  const half = Math.max(LEAST_MICROS, (to - from) * factor) / 2;
  return within([middle - half, middle + half], end);
}

/** The window moved by a share of its width; stays within [0, end]. */
export function panned([from, to]: TimeWindow, share: number, end: number): TimeWindow {
  const by = (to - from) * share;
  return within([from + by, to + by], end);
}

function within([from, to]: TimeWindow, end: number): TimeWindow {
  const width = Math.min(to - from, end);
  const left = Math.min(Math.max(0, from), end - width);
  return [left, left + width];
}
