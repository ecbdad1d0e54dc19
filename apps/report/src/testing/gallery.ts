import { fileURLToPath } from 'node:url';
import { expect } from 'vitest';
import { html } from '../marks/html.ts';
import type { Mark } from '../marks/mark.ts';

const GALLERY = fileURLToPath(new URL('../../test/fixtures/gallery', import.meta.url));

/** Drawings are kept as files that open in a browser, with the page's style: the gallery. */
export async function hang(name: string, drawing: Mark): Promise<void> {
  const svg = html(drawing).replace('<svg ', '<svg xmlns="http://www.w3.org/2000/svg" ');
  const styled = `<?xml-stylesheet type="text/css" href="style.css"?>\n${svg}\n`;
  await expect(styled).toMatchFileSnapshot(`${GALLERY}/${name}.svg`);
}

/** The style that the gallery wears. */
export async function hangStyle(style: string): Promise<void> {
  await expect(style).toMatchFileSnapshot(`${GALLERY}/style.css`);
}
