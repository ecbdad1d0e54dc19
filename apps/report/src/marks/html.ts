import type { Mark } from './mark.ts';

const VOID = new Set(['meta', 'br', 'hr', 'input', 'link', 'img']);
/** Of these a page has thousands; in a drawing what is empty needs no end. */
const EMPTY = new Set(['use']);
const ESCAPES: Readonly<Record<string, string>> = {
  '&': '&amp;',
  '<': '&lt;',
  '>': '&gt;',
  '"': '&quot;',
  "'": '&#39;',
};

/** Text that stands for itself in HTML, in element content and in quoted attributes. */
function escapeHtml(text: string): string {
  return text.replace(/[&<>"']/g, (character) => ESCAPES[character]!);
}

/** The HTML (or SVG) of a mark; every text and attribute is escaped. */
export function html(mark: Mark | string): string {
  if (typeof mark === 'string') return escapeHtml(mark);
  const attributes = Object.entries(mark.attributes)
    .map(([name, value]) => ` ${name}="${escapeHtml(String(value))}"`)
    .join('');
  if (VOID.has(mark.tag)) return `<${mark.tag}${attributes}>`;
  if (EMPTY.has(mark.tag)) return `<${mark.tag}${attributes}/>`;
  return `<${mark.tag}${attributes}>${mark.children.map(html).join('')}</${mark.tag}>`;
}
