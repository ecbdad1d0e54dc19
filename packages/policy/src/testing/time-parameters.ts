import type { ParameterValue } from '../policy.ts';

/** A time, or a time for each of something: `windowMs`, `targetMsPerToken`. */
const time = /(?<!Per)(Nanos|Micros|Millis|Ms|Seconds)(Per[A-Z]\w*)?$/;
/** Something in a time: `tokensPerSecond`, `agePerMs`. */
const perTime = /Per(Ms|(Nano|Micro|Milli)(s|second)?|Second|Minute|Hour)$/;

/**
 * A policy's parameters in a world whose times are all multiplied by `factor`.
 *
 * What they mean is read from the units at the end of their names: times grow with the factor,
 * rates shrink by it, a time in a time and everything else stays. A power of two as the factor
 * keeps every number exact.
 */
export function scaleTimes(
  parameters: Readonly<Record<string, ParameterValue>>,
  factor: number,
): Record<string, ParameterValue> {
  const scaled = (name: string, value: ParameterValue) => {
    if (typeof value !== 'number') return value;
    return value * (time.test(name) ? factor : 1) * (perTime.test(name) ? 1 / factor : 1);
  };
  return Object.fromEntries(
    Object.entries(parameters).map(([name, value]) => [name, scaled(name, value)]),
  );
}
