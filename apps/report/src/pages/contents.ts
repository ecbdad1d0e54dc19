import { h, type Mark } from '../marks/mark.ts';
import type { Page } from './page.ts';

/** Pages with fewer parts are taken in at a glance. */
const LEAST = 6;

interface Entry {
  readonly id: string;
  readonly title: string;
}

/** Links to the parts and figures of a long page, closed at first; null on short pages. */
export function contents({ content }: Pick<Page, 'content'>): Mark | null {
  const entries = content.flatMap((part): Entry[] => {
    if ('figure' in part) return [{ id: part.figure.id, title: part.figure.title }];
    const heading = part.children.find(isHeading);
    const id = heading?.attributes.id;
    return typeof id === 'string' ? [{ id, title: textOf(heading!) }] : [];
  });
  if (entries.length < LEAST) return null;
  const items = entries.map(({ id, title }) => h('li', {}, h('a', { href: `#${id}` }, title)));
  return h(
    'details',
    { class: 'contents' },
    h('summary', {}, 'On this page'),
    h('ul', { class: 'links' }, items),
  );
}

function isHeading(child: Mark | string): child is Mark {
  return typeof child !== 'string' && child.tag === 'h2';
}

function textOf(mark: Mark): string {
  return mark.children.map((child) => (typeof child === 'string' ? child : textOf(child))).join('');
}
