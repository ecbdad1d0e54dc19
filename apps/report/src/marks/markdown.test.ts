import fc from 'fast-check';
import { expect, test } from 'vitest';
import { html } from './html.ts';
import { h } from './mark.ts';
import { markdownParts } from './markdown.ts';

const page = (text: string) =>
  markdownParts(text).map(({ heading, content }) => [
    heading,
    html(h('i', {}, content)).slice(3, -4),
  ]);

test('a README becomes its parts', () => {
  const text = `# Title

Before **all** of \`it\`.

## Predicted, before

- a [figure](../../docs/figure.md) of 3 < 4
- see <https://example.org/a>

| n | time |
|---|-----:|
| 1 | 2 ms |

## What went wrong

\`\`\`sh
flover compare x.yaml
\`\`\`
`;
  expect(page(text)).toEqual([
    [null, '<p>Before <strong>all</strong> of <code>it</code>.</p>'],
    [
      'Predicted, before',
      '<ul><li>a figure of 3 &lt; 4</li><li>see <a href="https://example.org/a">https://example.org/a</a></li></ul>' +
        '<div class="scroll" tabindex="0" role="region" aria-label="Table"><table><thead><tr><th scope="col">n</th>' +
        '<th scope="col" class="number">time</th></tr></thead><tbody><tr><td>1</td><td class="number">2 ms</td></tr>' +
        '</tbody></table></div>',
    ],
    [
      'What went wrong',
      '<pre><code><span class="code-line">flover compare x.yaml\n</span></code></pre>',
    ],
  ]);
});

test('HTML and links that run code stand as text', () => {
  const [[, shown]] = page(
    '<script>alert(1)</script>\n\n[a](javascript:alert(2)) <b onclick="x">b</b>',
  ) as [[null, string]];
  expect(shown).not.toMatch(/<(script|b)|href|onclick="/);
  expect(shown).toContain('&lt;script&gt;');
});

test('any text becomes a page with no tag of its own', () => {
  const tags =
    /^(i|p|ul|ol|li|pre|code|blockquote|div|table|thead|tbody|tr|th|td|hr|br|strong|em|del|a|span|h[1-6])$/;
  const lump = fc.constantFrom(
    '<x>',
    '# ',
    '- ',
    '1. ',
    '|a|\n|-|\n',
    '`',
    '**',
    '> ',
    '\n',
    '\n\n',
    '[a](b)',
    'word ',
  );
  fc.assert(
    fc.property(
      fc.array(fc.oneof(lump, fc.string({ maxLength: 6 })), { maxLength: 30 }),
      (lumps) => {
        for (const [, shown] of page(lumps.join(''))) {
          for (const [, tag] of shown!.matchAll(/<\/?([^\s>]+)/g)) expect(tag).toMatch(tags);
        }
      },
    ),
  );
});
