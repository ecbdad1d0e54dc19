import { format } from 'd3';

const digits = format(',.3~r');
const threeDigits = format(',.3r');
const thousands = format(',.0f');
const UNITS: Readonly<Record<string, string>> = { count: '', share: '', requests: '' };

/** Three digits that count, or every digit of a whole number; a dash for null. */
export function number(value: number | null | undefined): string {
  if (value === null || value === undefined || !Number.isFinite(value)) return '–';
  const size = Math.abs(value);
  if (size >= 100) return thousands(value);
  if (size < 1e-3 && size > 0) return value.toExponential(1);
  return digits(value);
}

/** The same with all three digits, so that columns line up. */
export function aligned(value: number | null): string {
  if (value === null || Number.isInteger(value) || Math.abs(value) >= 100) return number(value);
  return value === 0 || Math.abs(value) < 1e-3 ? number(value) : threeDigits(value);
}

/** A signed percentage with a real minus sign, such as +2.3 %. */
export function signedPercent(value: number | null | undefined): string {
  if (value === null || value === undefined || !Number.isFinite(value)) return '–';
  const size = Math.abs(value);
  const text = size >= 100 ? size.toFixed(0) : size.toFixed(1);
  const sign = Number(text) === 0 ? '' : value < 0 ? '−' : '+';
  return `${sign}${text} %`;
}

/** A percentage without its sign. */
export function percent(value: number): string {
  return `${Math.abs(value).toFixed(Math.abs(value) >= 100 ? 0 : 1)} %`;
}

/** A duration in the unit that reads best. */
export function milliseconds(value: number | null | undefined): string {
  if (value === null || value === undefined || !Number.isFinite(value)) return '–';
  if (Math.abs(value) >= 1000) return `${number(value / 1000)} s`;
  if (Math.abs(value) < 0.1 && value !== 0) return `${number(value * 1000)} µs`;
  return `${number(value)} ms`;
}

/** A value with its unit, as a metric's definition gives it. */
export function withUnit(value: number | null | undefined, unit: string): string {
  if (unit === 'ms') return milliseconds(value);
  if (unit === 'bytes') return bytes(value);
  const name = UNITS[unit] ?? unit;
  return name === '' || value === null ? number(value) : `${number(value)} ${name}`;
}

/** Bytes in binary units. */
export function bytes(value: number | null | undefined): string {
  if (value === null || value === undefined) return '–';
  const names = ['B', 'KiB', 'MiB', 'GiB', 'TiB'];
  let rest = value;
  let unit = 0;
  while (rest >= 1024 && unit < names.length - 1) {
    rest /= 1024;
    unit++;
  }
  return `${number(rest)} ${names[unit]}`;
}

/** "one", "two" ... where a sentence begins or counts few. */
export function countWord(count: number): string {
  const words = ['no', 'one', 'two', 'three', 'four', 'five', 'six', 'seven', 'eight', 'nine'];
  return words[count] ?? String(count);
}

/** All of so many: "the run", "both runs", "all 3 runs". */
export function everyOne(count: number, noun: string): string {
  if (count === 1) return `the ${noun}`;
  return count === 2 ? `both ${noun}s` : `all ${number(count)} ${noun}s`;
}

/** A number with its noun, such as "1 row" or "2.5 rows". */
export function counted(count: number | null, noun: string): string {
  const text = number(count);
  return `${text} ${noun}${text === '1' ? '' : 's'}`;
}

/** The same text, in which no line ends between a number and its unit. */
export function unbroken(text: string): string {
  return text.replace(/(\d) (%|ms|µs|s|GiB|MiB|tokens\/s|requests\/s)(?![\w/])/g, '$1\u00a0$2');
}

/** "a, b and c". */
export function listed(items: readonly string[]): string {
  if (items.length < 2) return items[0] ?? '';
  return `${items.slice(0, -1).join(', ')} and ${items.at(-1)}`;
}
