import { expect, test } from 'vitest';
import { html } from '../marks/html.ts';
import { h } from '../marks/mark.ts';
import { contents } from './contents.ts';

const part = (id: string | undefined, ...title: Parameters<typeof h>[2][]) =>
  h('section', {}, h('h2', { id }, ...title));
const parts = (count: number) =>
  Array.from({ length: count }, (_, i) => part(`part-${i}`, `Part ${i}`));

test('a long page begins with links to its parts, in their order', () => {
  const linked = part('linked', h('a', { href: 'x.html' }, 'A ', h('em', {}, 'linked'), ' one'));
  const text = html(contents({ content: [...parts(5), linked, part(undefined, 'Nowhere')] })!);
  expect(
    [...text.matchAll(/<a href="([^"]+)">([^<]*)<\/a>/g)].map(([, to, name]) => [to, name]),
  ).toEqual([...parts(5).map((_, i) => [`#part-${i}`, `Part ${i}`]), ['#linked', 'A linked one']]);
});

test('a short page has none', () => {
  expect(contents({ content: parts(5) })).toBeNull();
  expect(contents({ content: parts(6) })).not.toBeNull();
});
