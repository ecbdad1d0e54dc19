/** A fake clock's first reading and a fake random number, both wrong on purpose. */
export interface Surroundings {
  readonly epochMs: number;
  readonly random: number;
}

export const today: Surroundings = { epochMs: 1_700_000_000_000, random: 0.125 };
export const otherDay: Surroundings = { epochMs: 1_912_345_678_901, random: 0.875 };

/**
 * Runs `body` with the wall clock and the random numbers of `surroundings`.
 *
 * A pure scheduler cannot tell; one that looks at either decides differently in other
 * surroundings, and does so again whenever the case is run again, so that it can be shrunk.
 */
export function within<T>(surroundings: Surroundings, body: () => T): T {
  const { Date: realDate } = globalThis;
  const realRandom = Math.random;
  const realNow = performance.now;
  const realHighResolution = process.hrtime;
  let reading = surroundings.epochMs;
  const now = () => reading++;
  globalThis.Date = class extends realDate {
    constructor(...time: ConstructorParameters<DateConstructor> | []) {
      if (time.length === 0) super(now());
      else super(...time);
    }
    static override now = now;
  } as DateConstructor;
  Math.random = () => surroundings.random;
  performance.now = now;
  process.hrtime = Object.assign(() => [now(), 0] as [number, number], {
    bigint: () => BigInt(now()) * 1_000_000n,
  });
  try {
    return body();
  } finally {
    globalThis.Date = realDate;
    Math.random = realRandom;
    performance.now = realNow;
    process.hrtime = realHighResolution;
  }
}
