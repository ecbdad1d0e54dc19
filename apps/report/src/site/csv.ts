import { csvFormatRows } from 'd3';
import type { Table } from '../figures/figure.ts';

/** A table as CSV with every digit, heads first; what is missing is an empty field. */
export function csv(table: Table): string {
  const rows = table.rows.map((row) => row.map((value) => (value === null ? '' : String(value))));
  return `${csvFormatRows([[...table.columns], ...rows])}\n`;
}
