import type { TraceSink } from './events.ts';

const nothing = (): void => {};

/** Hears everything and keeps nothing. */
export const nullSink: TraceSink = {
  event: nothing,
  action: nothing,
  measure: nothing,
  close: nothing,
};
