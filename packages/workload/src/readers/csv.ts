import { readFileSync } from 'node:fs';
import { FloverError } from '@flover/policy';
import { parse } from 'csv-parse/sync';
import { unreadable } from '../files/lines.ts';

/** Where the rows of a CSV file go. */
export interface CsvVisitor {
  /** The fields asked for, in the order asked for; false when no more rows are wanted. */
  row(line: number, fields: readonly string[]): boolean;
  /** A row that is not CSV, or has too few or too many fields. */
  reject(line: number, problem: string): void;
}

/** Thrown to leave the parser when no more rows are wanted. */
class Enough extends Error {}

/**
 * Reads the named columns of a CSV file with a header line, row by row.
 *
 * Throws FloverError 'file-unreadable', or 'workload-malformed' when a column is missing.
 */
export function readCsv(path: string, columns: readonly string[], visitor: CsvVisitor): void {
  let bytes: Buffer;
  try {
    bytes = readFileSync(path);
  } catch (cause) {
    throw unreadable(path, cause);
  }
  let places: number[] | undefined;
  let width = 0;
  const onRecord = (record: string[], { lines }: { lines: number }): null => {
    if (places === undefined) {
      places = findColumns(path, record, columns);
      width = record.length;
    } else if (record.length !== width) {
      visitor.reject(lines, `${record.length} fields, but the header has ${width}`);
    } else {
      const fields = places.map((place) => record[place]!.trim());
      if (!visitor.row(lines, fields)) throw new Enough();
    }
    return null;
  };
  try {
    parse(bytes, {
      bom: true,
      skip_empty_lines: true,
      relax_column_count: true,
      skip_records_with_error: true,
      on_record: onRecord,
      on_skip: (error) => {
        visitor.reject(Number(error?.lines ?? 0), error?.message ?? 'not CSV');
      },
    });
  } catch (error) {
    if (!(error instanceof Enough)) throw error;
  }
}

function findColumns(path: string, header: string[], columns: readonly string[]): number[] {
  const names = header.map((name) => name.trim());
  return columns.map((column) => {
    const place = names.indexOf(column);
    if (place >= 0) return place;
    throw new FloverError(
      'workload-malformed',
      `${path}:1: there is no column "${column}"; the columns are ${names.join(', ')}`,
      'check that the format named is the format of this file',
    );
  });
}
