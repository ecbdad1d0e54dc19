import type { Mark } from '../marks/mark.ts';

/** The data of a figure: what its table shows and its download holds. */
export interface Table {
  readonly caption: string;
  readonly columns: readonly string[];
  /** Numbers keep their digits; they are rounded where they are shown. */
  readonly rows: readonly (readonly (string | number | null)[])[];
}

/** A drawing, what it shows in a sentence with the number, and its data. */
export interface Figure {
  /** Unique on a page; names the downloads too. */
  readonly id: string;
  readonly title: string;
  readonly finding: string;
  /** How to read the drawing. */
  readonly note?: string;
  readonly drawing: Mark;
  readonly table: Table;
}
