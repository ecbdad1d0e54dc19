const decimal = /^(\d{1,12})(?:\.(\d+))?$/;
const dateTime = /^(\d{4})-(\d\d)-(\d\d)[ T](\d\d):(\d\d):(\d\d)(?:\.(\d{1,9}))?(?:Z|[+]00:?00)?$/;

/** A moment as whole seconds since some beginning and whole nanoseconds within the second. */
export interface Moment {
  readonly seconds: number;
  readonly nanos: number;
}

/** Nanoseconds from one moment to another, exact within 104 days. */
export function nanosBetween(from: Moment, to: Moment): number {
  return (to.seconds - from.seconds) * 1e9 + (to.nanos - from.nanos);
}

/** Reads `2023-11-16 18:17:03.9799600` (UTC) digit by digit; undefined when it is none. */
export function parseDateTime(text: string): Moment | undefined {
  const match = dateTime.exec(text);
  if (match === null) return undefined;
  const [year, month, day, hour, minute, second] = match.slice(1, 7).map(Number) as number[];
  const milliseconds = Date.UTC(year!, month! - 1, day!, hour!, minute!, second!);
  // Date.UTC rolls 31 February over to March; a real date comes back as it was written.
  const written = text.slice(0, 19).replace(' ', 'T');
  if (new Date(milliseconds).toISOString().slice(0, 19) !== written) return undefined;
  return { seconds: milliseconds / 1000, nanos: fractionNanos(match[7]) };
}

/** Reads decimal seconds digit by digit, to the nanosecond; undefined when it is none. */
export function parseSeconds(text: string): Moment | undefined {
  const match = decimal.exec(text);
  if (match === null) return undefined;
  return { seconds: Number(match[1]), nanos: fractionNanos(match[2]) };
}

/** Reads a whole number of at least 0, at most nine digits; undefined when it is none. */
export function parseCount(text: string): number | undefined {
  return /^\d{1,9}$/.test(text) ? Number(text) : undefined;
}

function fractionNanos(digits: string | undefined): number {
  return digits === undefined ? 0 : Number(digits.slice(0, 9).padEnd(9, '0'));
}
