/** A column of a text table. */
export interface Column {
  readonly title: string;
  readonly align: 'left' | 'right';
}

/** Where a table is shown. */
export interface TablePlace {
  /** Columns of the terminal, where it is one and knows; else a table is as wide as it is. */
  readonly width: number | undefined;
  /** So many columns from the left say what a row is, and stand in every part. */
  readonly keys: number;
}

const GAP = '  ';
const SHORT_TITLE = 'p99 ms'.length;

/**
 * Lays cells out in columns as wide as their widest cell, one line a row, with a rule below the head;
 * titles wider than that take several lines. A table wider than its place comes in parts, one below the
 * other, that together have all columns.
 */
export function textTable(
  columns: readonly Column[],
  rows: readonly (readonly string[])[],
  { width, keys }: TablePlace,
): string {
  const laid = columns.map(({ title, align }, i) => {
    const cells = rows.map((row) => row[i] ?? '');
    const widest = Math.max(0, ...cells.map((cell) => cell.length));
    const head = wrapped(title, widest);
    return { align, head, cells, width: Math.max(widest, ...head.map((line) => line.length)) };
  });
  const [keyed, others] = [laid.slice(0, keys), laid.slice(keys)];
  return inParts(others, (width || Number.POSITIVE_INFINITY) - widthOf(keyed))
    .map((part) => drawn([...keyed, ...part]))
    .join('\n\n');
}

interface LaidColumn extends Pick<Column, 'align'> {
  readonly head: readonly string[];
  readonly cells: readonly string[];
  readonly width: number;
}

/**
 * A title's words on as few lines as fit `width`, or the longest word, or `p99 ms`; the last lines are
 * filled first, so that a unit stays with what it is of.
 */
function wrapped(title: string, width: number): string[] {
  const words = title.split(' ');
  const room = Math.max(width, SHORT_TITLE, ...words.map((word) => word.length));
  const lines: string[] = [];
  for (const word of words.reverse()) {
    const joined = `${word} ${lines[0]}`;
    if (lines.length === 0 || joined.length > room) lines.unshift(word);
    else lines[0] = joined;
  }
  return lines;
}

function widthOf(columns: readonly LaidColumn[]): number {
  return columns.reduce((sum, column) => sum + column.width + GAP.length, -GAP.length);
}

/** As many columns a part as there is room for, and at least one. */
function inParts(columns: readonly LaidColumn[], room: number): LaidColumn[][] {
  const parts: LaidColumn[][] = [[]];
  for (const column of columns) {
    const part = parts[parts.length - 1];
    if (part.length > 0 && widthOf([...part, column]) + GAP.length > room) parts.push([column]);
    else part.push(column);
  }
  return parts;
}

function drawn(columns: readonly LaidColumn[]): string {
  const headLines = Math.max(...columns.map(({ head }) => head.length));
  const line = (cellOf: (column: LaidColumn) => string) =>
    columns
      .map((column) =>
        column.align === 'left'
          ? cellOf(column).padEnd(column.width)
          : cellOf(column).padStart(column.width),
      )
      .join(GAP)
      .trimEnd();
  return [
    // Titles stand on the rule.
    ...Array.from({ length: headLines }, (_, i) =>
      line(({ head }) => head[i - headLines + head.length] ?? ''),
    ),
    columns.map(({ width }) => '─'.repeat(width)).join(GAP),
    ...columns[0].cells.map((_, row) => line(({ cells }) => cells[row])),
  ].join('\n');
}
