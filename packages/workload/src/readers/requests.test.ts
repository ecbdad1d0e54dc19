import { readFileSync } from 'node:fs';
import fc from 'fast-check';
import { expect, test } from 'vitest';
import type { OutputLimit } from '../config.ts';
import type { WorkloadRequest } from '../request.ts';
import { createSource } from '../source.ts';
import { takeAll, temporaryFile } from '../testing/take-all.ts';
import { recordRequests, requestWriter } from './request-writer.ts';
import { readRequests } from './requests.ts';

const header = '{"format":"flover-requests","version":1}';
const fileOf = (...rows: object[]) =>
  temporaryFile('requests.jsonl', [header, ...rows.map((row) => JSON.stringify(row))].join('\n'));
const plain = { arrivalMs: 1.5, promptTokens: 4, maxOutputTokens: 8 };

const tokens = fc.array(fc.nat(50_000), { minLength: 1, maxLength: 6 });
const sampling = fc.record(
  {
    temperature: fc.double({ min: 0, max: 2, noNaN: true }).map(Math.abs),
    topK: fc.nat(100),
    topP: fc.double({ min: 0.01, max: 1, noNaN: true }),
    minOutputTokens: fc.nat(9),
    repetitionPenalty: fc.double({ min: 0.1, max: 3, noNaN: true }),
    stop: fc.array(tokens, { maxLength: 2 }),
    badWords: fc.array(tokens, { maxLength: 2 }),
    endTokens: tokens,
    seed: fc.nat(),
    logProbs: fc.boolean(),
    lengthPenalty: fc.constantFrom(-1, 0.5, 1),
    diversity: fc.constantFrom(0, 0.5),
  },
  { requiredKeys: [] },
);
const request = fc
  .record(
    {
      gapNanos: fc.nat(10 ** 12),
      promptTokenIds: tokens,
      promptText: fc.string({ unit: 'grapheme' }),
      maxOutputTokens: fc.integer({ min: 1, max: 2048 }),
      outputShare: fc.double({ min: 0, max: 1, noNaN: true }),
      width: fc.integer({ min: 1, max: 4 }),
      beams: fc.boolean(),
      sampling,
      cancelAfterNanos: fc.nat(10 ** 12),
      sourceName: fc.string(),
    },
    { requiredKeys: ['gapNanos', 'promptTokenIds', 'maxOutputTokens', 'width', 'beams'] },
  )
  .map(({ gapNanos, outputShare, beams, ...rest }) => ({
    ...rest,
    gapNanos,
    promptTokens: rest.promptTokenIds.length,
    group:
      rest.width === 1 ? ('single' as const) : beams ? ('beams' as const) : ('samples' as const),
    ...(outputShare !== undefined && {
      outputTokens: 1 + Math.floor(outputShare * (rest.maxOutputTokens - 1)),
    }),
  }));
const workload = fc.array(request, { minLength: 1, maxLength: 20 }).map((list) => {
  let arrivalNanos = 0;
  return list.map(({ gapNanos, ...rest }, id): WorkloadRequest => {
    arrivalNanos += gapNanos;
    return { id, arrivalNanos, ...rest };
  });
});

test('what is written is what is read', () => {
  const path = temporaryFile('requests.jsonl', '');
  fc.assert(
    fc.property(workload, (requests) => {
      const writer = requestWriter(path);
      for (const one of requests) writer.write(one);
      writer.close();
      writer.close();
      expect(readRequests(path).requests).toEqual(requests);
      const source = createSource({ kind: 'trace', format: 'requests', path }, { seed: 1 });
      expect(takeAll(source)).toEqual(requests);
    }),
    { numRuns: 60 },
  );
});

test('a recorded source writes what was taken', () => {
  const source = createSource(
    {
      kind: 'synthetic',
      requests: 30,
      arrivals: { kind: 'gamma', requestsPerSecond: 3, coefficientOfVariation: 2 },
      prompt: { kind: 'uniform', minTokens: 1, maxTokens: 9 },
      output: { kind: 'uniform', minTokens: 1, maxTokens: 9 },
    },
    { seed: 6 },
  );
  const path = temporaryFile('requests.jsonl', '');
  const writer = requestWriter(path);
  const taken = takeAll(recordRequests(source, (one) => writer.write(one)));
  writer.close();
  expect(readRequests(path).requests).toEqual(taken);
  expect(readFileSync(path, 'utf8').startsWith(`${header}\n{"id":0,`)).toBe(true);
});

test('a short row takes its defaults', () => {
  const { requests } = readRequests(fileOf(plain));
  expect(requests).toEqual([
    {
      id: 0,
      arrivalNanos: 1_500_000,
      promptTokens: 4,
      maxOutputTokens: 8,
      group: 'single',
      width: 1,
    },
  ]);
});

test('arrivals keep their distance from time 0, and come in order', () => {
  const path = fileOf({ ...plain, arrivalMs: 20 }, { ...plain, arrivalMs: 10, id: 7 });
  const source = createSource({ kind: 'trace', format: 'requests', path }, { seed: 1 });
  expect(takeAll(source)).toMatchObject([
    { id: 0, arrivalNanos: 10_000_000, sourceName: '7' },
    { id: 1, arrivalNanos: 20_000_000 },
  ]);
});

test('text needs a tokenizer, or its number of tokens; ids go before it', () => {
  const text = { arrivalMs: 0, promptText: 'one two', maxOutputTokens: 3 };
  expect(() => readRequests(fileOf(text))).toThrow('needs a tokenizer');
  const tokenize = (words: string) => words.split(' ').map((word) => word.length);
  expect(readRequests(fileOf(text), { tokenize }).requests).toMatchObject([
    { promptText: 'one two', promptTokenIds: [3, 3], promptTokens: 2 },
  ]);
  expect(readRequests(fileOf({ ...text, promptTokens: 5 })).requests[0]!.promptTokens).toBe(5);
  const withIds = { ...text, promptTokenIds: [9, 8, 7] };
  expect(readRequests(fileOf(withIds), { tokenize }).requests[0]).toMatchObject({
    promptTokenIds: [9, 8, 7],
    promptTokens: 3,
  });
});

test('text and a number of tokens that disagree are refused, and so is text without a token', () => {
  const tokenize = (words: string) =>
    words
      .split(' ')
      .filter((word) => word !== '')
      .map(() => 1);
  const text = { arrivalMs: 0, promptText: 'one two', promptTokens: 5, maxOutputTokens: 3 };
  for (const [row, problem] of [
    [text, 'promptTokens is 5, but the tokenizer makes 2 of promptText'],
    [{ ...text, promptText: ' ' }, 'promptText is " ", which has no token'],
  ] as const) {
    const path = fileOf(plain, row);
    expect(() => readRequests(path, { tokenize })).toThrow(`${path}:3: ${problem}`);
    const { malformed } = readRequests(path, { tokenize, malformed: 'skip' });
    expect(malformed).toMatchObject([{ line: 3 }]);
  }
});

test.each([
  [{ ...plain, promtTokens: 3 }, 'there is no field "promtTokens"'],
  [{ ...plain, arrivalNanos: 5 }, 'one of arrivalNanos and arrivalMs'],
  [{ arrivalMs: 0, promptTokens: 1 }, 'maxOutputTokens is missing'],
  [{ arrivalMs: 0, maxOutputTokens: 1 }, 'one of promptTokens, promptTokenIds and promptText'],
  [{ ...plain, promptTokenIds: [1, 2] }, 'promptTokens is 4, but promptTokenIds has 2'],
  [{ ...plain, outputTokens: 9 }, 'outputTokens is 9, more than maxOutputTokens, 8'],
  [{ ...plain, arrivalMs: 1e10 }, 'arrivalMs is 10000000000, but must be a number of at least 0'],
  [{ ...plain, width: 2 }, "group is 'single' and width is 2"],
  [{ ...plain, group: 'beam' }, 'group is "beam", but must be one of single, samples, beams'],
  [{ ...plain, sampling: { topP: 0 } }, 'sampling.topP is 0, but must be a number above 0'],
  [{ ...plain, sampling: { topp: 1 } }, 'there is no field "sampling.topp"'],
  [
    { ...plain, sampling: { presencePenalty: 1, repetitionPenalty: 2 } },
    'sampling has both repetitionPenalty and presencePenalty',
  ],
])('a malformed row is reported with its line: %j', (row, problem) => {
  const path = fileOf(plain, row);
  expect(() => readRequests(path)).toThrow(`${path}:3: ${problem}`);
  expect(readRequests(path, { malformed: 'skip' }).malformed).toMatchObject([{ line: 3 }]);
});

test('a file that an editor gave other line ends and a byte order mark is the same file', () => {
  const text = `\uFEFF${[header, JSON.stringify(plain)].join('\r\n')}\r\n`;
  const { requests } = readRequests(temporaryFile('requests.jsonl', text));
  expect(requests).toEqual(readRequests(fileOf(plain)).requests);
});

test('rows that are left out are told of by the source', () => {
  const path = fileOf(plain, { ...plain, width: 2 }, plain);
  const source = createSource(
    { kind: 'trace', format: 'requests', path, malformed: 'skip' },
    { seed: 1 },
  );
  expect(source.count).toBe(2);
  expect(source.leftOut).toMatchObject([
    { line: 3, problem: expect.stringContaining('width is 2') },
  ]);
});

test('an output limit takes the place of the limits of the rows', () => {
  const path = fileOf(plain, { ...plain, outputTokens: 5 });
  const limits = (outputLimit?: OutputLimit) => {
    const config = { kind: 'trace', format: 'requests', path, maxSequenceTokens: 12 } as const;
    const source = createSource({ ...config, ...(outputLimit && { outputLimit }) }, { seed: 1 });
    return takeAll(source).map((one) => [one.maxOutputTokens, one.outputTokens]);
  };
  expect(limits()).toEqual([
    [8, undefined],
    [8, 5],
  ]);
  expect(limits('exact')).toEqual([
    [8, undefined],
    [5, 5],
  ]);
  expect(limits({ tokens: 3 })).toEqual([
    [3, undefined],
    [3, 3],
  ]);
  expect(limits({ tokens: 20 })).toEqual([
    [8, undefined],
    [8, 5],
  ]);
});

test('a file without the header says so', () => {
  const path = temporaryFile('requests.jsonl', `${JSON.stringify(plain)}\n`);
  expect(() => readRequests(path)).toThrow(`${path}:1: the file does not begin with ${header}`);
});

test('a file without a request says so, and how one begins', () => {
  for (const text of ['', `${header}\n\n`]) {
    const path = temporaryFile('requests.jsonl', text);
    expect(() => readRequests(path)).toThrow(`${path} has no request in it (0 malformed rows)`);
  }
});

test('a request that is too long is refused with its line, or shortened from its beginning', () => {
  const path = fileOf({ arrivalMs: 0, promptTokenIds: [1, 2, 3, 4, 5, 6], maxOutputTokens: 4 });
  const config = { kind: 'trace', format: 'requests', path, maxSequenceTokens: 8 } as const;
  expect(() => createSource(config, { seed: 1 })).toThrow(`${path}:2 has 6 prompt and 4 output`);
  const source = createSource({ ...config, tooLong: 'truncate' }, { seed: 1 });
  expect(source.take()).toMatchObject({ promptTokenIds: [3, 4, 5, 6], promptTokens: 4 });
});
