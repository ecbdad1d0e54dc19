import { csvFormatRows } from 'd3';

/** The rows of a table with all digits, heads first. */
export function tableRows(table: HTMLTableElement): string[][] {
  return [...table.rows].map((row) =>
    [...row.cells].map((cell) => cell.dataset.value ?? noDash(cell.textContent ?? '')),
  );
}

function noDash(text: string): string {
  return text === '–' ? '' : text;
}

/** Makes each download button save its table as CSV. */
export function enableDownloads(page: Document): void {
  page.addEventListener('click', (event) => {
    const button = (event.target as Element).closest<HTMLElement>('button.download');
    const name = button?.dataset.table;
    const table = name && page.querySelector<HTMLTableElement>(`#table-${name} table`);
    if (!table) return;
    const blob = new Blob([`${csvFormatRows(tableRows(table))}\n`], { type: 'text/csv' });
    const link = page.createElement('a');
    link.href = URL.createObjectURL(blob);
    link.download = `${name}.csv`;
    link.click();
    setTimeout(() => URL.revokeObjectURL(link.href), 1000);
  });
}
