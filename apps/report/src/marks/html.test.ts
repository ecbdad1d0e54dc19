import fc from 'fast-check';
import { expect, test } from 'vitest';
import { html, scriptCode, scriptJson } from './html.ts';
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

test('JSON in a script comes out as it went in, and no text ends the script', () => {
  fc.assert(
    fc.property(fc.jsonValue(), (value) => {
      const text = scriptJson(value);
      expect(text).not.toContain('<');
      expect(JSON.parse(text)).toEqual(JSON.parse(JSON.stringify(value)));
    }),
  );
  expect(scriptJson('</script>')).toBe('"\\u003c/script>"');
});

test('code in a script cannot end it', () => {
  const code = scriptCode('const a = "</script><!-- </SCRIPT>";');
  expect(code).not.toMatch(/<\/script|<!--/i);
  expect(new Function(`${code} return a;`)()).toBe('</script><!-- </SCRIPT>');
});
