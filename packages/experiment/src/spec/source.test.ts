import { describe, expect, test } from 'vitest';
import { refusalOf } from '../../test/support/refusal.ts';
import { parseYaml } from './source.ts';

const refusal = (text: string) => refusalOf(() => parseYaml('example.yaml', text));

describe('what is no YAML has its line, in one sentence', () => {
  test.each([
    ['a bracket that nothing closes', 'name: [', /:1:\d+: /],
    ['a tab', 'a:\n\tb: 1', /:2:1: Tabs/],
    ['a key that stands twice', 'a: 1\nb: 2\na: 3', /:3:1: this key stands there twice$/],
    ['two documents', 'a: 1\n---\nb: 2', /:2:1: a second document begins here/],
    [
      'an alias without its anchor',
      'a: 1\nb: [2, *c]',
      /:2:8: there is no anchor '&c' before this$/,
    ],
    ['an alias before its anchor', 'a: *c\nb: &c 2', /:1:4: there is no anchor '&c'/],
  ])('%s', (_, text, expected) => {
    const { code, message, hint } = refusal(text);
    expect(code).toBe('bad-yaml');
    expect(message).toMatch(/^example\.yaml:\d+:\d+: .+$/);
    expect(message).toMatch(expected);
    expect(hint).toContain('docs/experiment-format.md');
  });

  test('an anchor that holds itself', () => {
    expect(refusal('a: &a [1, *a]').message).toMatch(/^example\.yaml.*an anchor/);
  });

  test('aliases of aliases that would fill the memory', () => {
    const nine = (name: string) => `[${Array(9).fill(name).join(', ')}]`;
    const names = ['a', 'b', 'c', 'd', 'e', 'f'];
    const lines = names.map((name, i) => `${name}: &${name} ${nine(i ? `*${names[i - 1]}` : 'x')}`);
    expect(refusal(lines.join('\n'))).toMatchObject({
      code: 'bad-yaml',
      message: expect.stringContaining('example.yaml: '),
    });
  });
});

test('anchors, aliases and merge keys; a value that comes from elsewhere is located where it is used', () => {
  const text = 'p: &p { kind: fixed, tokens: 8 }\nq: *p\nr: { <<: *p, tokens: 9 }\n';
  const { value, locate } = parseYaml('example.yaml', text);
  expect(value).toEqual({
    p: { kind: 'fixed', tokens: 8 },
    q: { kind: 'fixed', tokens: 8 },
    r: { kind: 'fixed', tokens: 9 },
  });
  expect(locate(['p', 'tokens'])).toBe('example.yaml:1:30');
  expect(locate(['q', 'tokens'])).toBe('example.yaml:2:4');
  expect(locate(['r', 'tokens'])).toBe('example.yaml:3:22');
  expect(locate(['r', 'kind'])).toBe('example.yaml:3:4');
  expect(locate(['r'], 'tokens')).toBe('example.yaml:3:14');
});

test('a mark of byte order and carriage returns change nothing', () => {
  const { value, locate } = parseYaml('example.yaml', '\ufeffa: 1\r\nb:\r\n  c: 2\r\n');
  expect(value).toEqual({ a: 1, b: { c: 2 } });
  expect(locate(['b', 'c'])).toBe('example.yaml:3:6');
});
