import { writeFileSync } from 'node:fs';
import { join } from 'node:path';
import fc from 'fast-check';
import { describe, expect, test } from 'vitest';
import { copyOf, fixture, fixtureJson, temporaryFolder } from '../test/fixtures.ts';
import { floverErrorOf } from '../test/thrown.ts';
import { Detokenizer, openTokenizer } from './tokenizer.ts';

interface Case {
  readonly text: string;
  readonly tokens: number[];
  readonly decoded: string;
}
const cases = fixtureJson<Case[]>('llama-mha', 'tokenizer-reference.json');
const tokenizer = openTokenizer(fixture('llama-mha'));

test.each(cases)('agrees with the Rust library on $text', ({ text, tokens, decoded }) => {
  expect(tokenizer.encode(text)).toEqual(tokens);
  expect(tokenizer.decode(tokens)).toBe(decoded);
});

describe('piece by piece', () => {
  test('the pieces make up the whole text, and none holds half a character', () => {
    fc.assert(
      fc.property(fc.string({ unit: 'grapheme' }), (text) => {
        fc.pre(!text.includes('\uFFFD') && !text.includes('<|'));
        const pieces = new Detokenizer(tokenizer);
        const parts = tokenizer.encode(text).map((token) => pieces.push(token));
        for (const part of parts) expect(part).not.toContain('\uFFFD');
        expect(parts.join('') + pieces.end()).toBe(text);
      }),
    );
  });

  test('a long text is not read again from its beginning', () => {
    let longest = 0;
    const counting = {
      ...tokenizer,
      decode(tokens: readonly number[]) {
        longest = Math.max(longest, tokens.length);
        return tokenizer.decode(tokens);
      },
    };
    const pieces = new Detokenizer(counting);
    for (const token of tokenizer.encode('a 🙂 '.repeat(50))) pieces.push(token);
    expect(longest).toBeLessThan(12);
  });

  test('what is incomplete at the end is shown as such', () => {
    const pieces = new Detokenizer(tokenizer);
    const shown = tokenizer
      .encode('🙂')
      .slice(0, -1)
      .map((token) => pieces.push(token));
    expect(shown.join('')).toBe('');
    expect(pieces.end()).toContain('\uFFFD');
  });
});

test('a stop text is spelled at the start of a word and inside one', () => {
  const sequences = tokenizer.sequences(['the']);
  expect(sequences.map((tokens) => tokenizer.decode(tokens)).sort()).toEqual([' the', 'the']);
});

test('a missing tokenizer says what to do', () => {
  const error = floverErrorOf(() => openTokenizer(temporaryFolder()));
  expect(error.code).toBe('tokenizer-missing');
  expect(error.hint).toContain('copy tokenizer.json');
});

test.each(['tokenizer.json', 'tokenizer_config.json'])('a damaged %s is named', (name) => {
  const folder = copyOf('llama-mha');
  writeFileSync(join(folder, name), '{"model": ');
  const error = floverErrorOf(() => openTokenizer(folder));
  expect(error.code).toBe('tokenizer-invalid');
  expect(error.message).toContain(join(folder, name));
  expect(error.hint).toBe(`copy ${name} again`);
});

test('tokens beyond the vocabulary, which padded models can sample, have no text', () => {
  const [hello] = tokenizer.encode('h');
  expect(tokenizer.decode([hello!, 2 ** 20, hello!])).toBe('hh');
  const pieces = new Detokenizer(tokenizer);
  const shown = [hello!, 2 ** 20, hello!].map((token) => pieces.push(token));
  expect(shown).toEqual(['h', '', 'h']);
});
