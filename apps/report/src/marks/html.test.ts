import fc from 'fast-check';
import { expect, test } from 'vitest';
import { html } from './html.ts';
import { h } from './mark.ts';

test('texts and attributes stand for themselves', () => {
  const mark = h('p', { title: '"><script>' }, '<b>&\'"');
  expect(html(mark)).toBe('<p title="&quot;&gt;&lt;script&gt;">&lt;b&gt;&amp;&#39;&quot;</p>');
});

test('no text opens a tag, ends an attribute or starts an entity', () => {
  fc.assert(
    fc.property(fc.string(), (text) => {
      const inside = html(h('i', { title: text }, text)).slice('<i title="'.length, -'</i>'.length);
      expect(inside.replace('">', '')).not.toMatch(/[<>"']|&(?!(amp|lt|gt|quot|#39);)/);
    }),
  );
});
