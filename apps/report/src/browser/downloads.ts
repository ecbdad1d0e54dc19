import { svgFile } from './svg-file.ts';

/** Lets every figure be taken away as a drawing, the way it is shown just then. */
export function enableDownloads(page: Document): void {
  for (const button of page.querySelectorAll<HTMLElement>('button.save-svg')) {
    const figure = button.closest('figure')!;
    button.hidden = false;
    button.addEventListener('click', () => {
      // A run's strip stands above its chart.
      const drawing = [...figure.querySelectorAll<SVGSVGElement>('svg.chart')].at(-1)!;
      const text = (selector: string) => figure.querySelector(selector)?.textContent ?? '';
      const description = ['.finding', '.note', '.source'].map(text).filter((part) => part !== '');
      const file = svgFile(drawing, { title: text('h2'), description: description.join('\n') });
      save(page, file, `${button.dataset.name}.svg`);
    });
  }
}

function save(page: Document, text: string, name: string): void {
  const url = URL.createObjectURL(new Blob([text], { type: 'image/svg+xml' }));
  const link = page.createElement('a');
  link.href = url;
  link.download = name;
  link.click();
  // The browser reads it after the click.
  setTimeout(() => URL.revokeObjectURL(url), 60_000);
}
