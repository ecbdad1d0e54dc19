import { RowFlag } from '@flover/policy';

const DECODE_TOKEN = RowFlag.Decode | RowFlag.Samples;

/** First row from `row` on that does not go on decoding in `lane`; the hot loop of a whole run. */
export function endOfRun(
  sequences: readonly number[],
  flags: readonly number[],
  home: Int32Array,
  lane: number,
  row: number,
): number {
  const rows = sequences.length;
  while (row < rows && flags[row] === DECODE_TOKEN && home[sequences[row]!] === lane) row++;
  return row;
}

/** The same where all rows are known to decode a token: one look less a row. */
export function endOfPlainRun(
  sequences: readonly number[],
  home: Int32Array,
  lane: number,
  row: number,
): number {
  const rows = sequences.length;
  while (row < rows && home[sequences[row]!] === lane) row++;
  return row;
}
