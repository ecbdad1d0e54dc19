import { expect, test } from 'vitest';
import type { SyntheticWorkload } from './config.ts';
import { createSource } from './source.ts';
import { correlation } from './testing/statistics.ts';
import { takeAll, temporaryFile } from './testing/take-all.ts';

const base: SyntheticWorkload = {
  kind: 'synthetic',
  requests: 200,
  arrivals: { kind: 'poisson', requestsPerSecond: 5 },
  prompt: { kind: 'log-normal', medianTokens: 200, sigma: 1 },
  output: { kind: 'uniform', minTokens: 1, maxTokens: 512 },
};

const requestsOf = (changes: Partial<SyntheticWorkload> = {}, seed = 1, replication = 0) =>
  takeAll(createSource({ ...base, ...changes }, { seed, replication }));

test('the same configuration gives the same requests; seeds and replications do not', () => {
  expect(requestsOf()).toEqual(requestsOf());
  expect(requestsOf({}, 2)).not.toEqual(requestsOf());
  expect(requestsOf({}, 1, 1)).not.toEqual(requestsOf());
});

test('requests are numbered in order of arrival and keep to the contract', () => {
  const requests = requestsOf();
  expect(requests.map(({ id }) => id)).toEqual(requests.map((_, i) => i));
  for (const request of requests) {
    expect(Number.isSafeInteger(request.arrivalNanos)).toBe(true);
    expect(request.promptTokens).toBeGreaterThanOrEqual(1);
    expect(request.maxOutputTokens).toBe(request.outputTokens);
  }
});

test('fewer requests are the first of more', () => {
  expect(requestsOf({ requests: 50 })).toEqual(requestsOf().slice(0, 50));
});

test('another prompt distribution changes neither arrivals nor outputs', () => {
  const strip = (requests: ReturnType<typeof requestsOf>) =>
    requests.map(({ arrivalNanos, outputTokens }) => [arrivalNanos, outputTokens]);
  expect(strip(requestsOf({ prompt: { kind: 'fixed', tokens: 8 } }))).toEqual(strip(requestsOf()));
});

test('cancels and sampling change nothing else', () => {
  const extra = requestsOf({
    cancels: { share: 0.5, minAfterMs: 1, maxAfterMs: 2 },
    sampling: { temperature: 0.8 },
  });
  const plain = extra.map(({ cancelAfterNanos: _, sampling: __, ...request }) => request);
  expect(plain).toEqual(requestsOf());
  const cancels = extra.flatMap(({ cancelAfterNanos }) => cancelAfterNanos ?? []);
  expect(cancels.length).toBeGreaterThan(70);
  expect(cancels.length).toBeLessThan(130);
  expect(cancels.every((nanos) => nanos >= 1e6 && nanos <= 2e6)).toBe(true);
  expect(new Set(extra.map(({ sampling }) => sampling?.seed)).size).toBe(200);
});

test('a sampling seed that is given is kept', () => {
  const seeds = requestsOf({ sampling: { seed: 9 } }).map(({ sampling }) => sampling?.seed);
  expect(new Set(seeds)).toEqual(new Set([9]));
});

test('too long a request is refused by name unless truncation was asked for', () => {
  const long = { prompt: { kind: 'fixed', tokens: 900 }, maxSequenceTokens: 1024 } as const;
  expect(() => requestsOf(long)).toThrow(/^request \d+ has 900 prompt and \d+ output tokens/);
  const short = requestsOf({ ...long, tooLong: 'truncate' });
  expect(short.every((request) => request.promptTokens + request.outputTokens! <= 1024)).toBe(true);
  expect(short.some((request) => request.promptTokens < 900)).toBe(true);
  expect(short.map(({ outputTokens }) => outputTokens)).toEqual(
    requestsOf().map(({ outputTokens }) => outputTokens),
  );
});

test('an output limit hides the true length and ends longer outputs', () => {
  const limited = requestsOf({ outputLimit: { tokens: 100 } });
  expect(new Set(limited.map(({ maxOutputTokens }) => maxOutputTokens))).toEqual(new Set([100]));
  expect(limited.map(({ outputTokens }) => outputTokens)).toEqual(
    requestsOf().map(({ outputTokens }) => Math.min(100, outputTokens!)),
  );
});

test('joint lengths keep their correlation', () => {
  const pairs = Array.from({ length: 100 }, (_, i) => [i + 1, 2 * i + 1] as const);
  const { prompt: _, output: __, ...rest } = base;
  const config: SyntheticWorkload = { ...rest, lengths: { kind: 'pairs', pairs } };
  const requests = takeAll(createSource(config, { seed: 1 }));
  const prompts = requests.map(({ promptTokens }) => promptTokens);
  expect(
    correlation(
      prompts,
      requests.map(({ outputTokens }) => outputTokens!),
    ),
  ).toBeCloseTo(1, 9);
});

test('joint lengths come from a trace file too', () => {
  const path = temporaryFile(
    'trace.csv',
    'TIMESTAMP,ContextTokens,GeneratedTokens\n2023-11-16 18:00:00.0,10,1\n2023-11-16 18:00:01.0,20,2\n',
  );
  const { prompt: _, output: __, ...rest } = base;
  const lengths = { kind: 'trace', format: 'azure', path } as const;
  const requests = takeAll(createSource({ ...rest, lengths }, { seed: 1 }));
  expect(requests.every((r) => r.promptTokens === 10 * r.outputTokens!)).toBe(true);
  expect(new Set(requests.map((r) => r.promptTokens)).size).toBe(2);
});

test('contradictions are refused', () => {
  expect(() => requestsOf({ lengths: { kind: 'pairs', pairs: [[1, 1]] } })).toThrow(
    'either lengths',
  );
  expect(() => requestsOf({ width: 4 })).toThrow("group is 'single' and width is 4");
  expect(() => requestsOf({ requests: 0 })).toThrow('requests is 0');
});

test('arrivals beyond what whole nanoseconds can tell are refused, not rounded', () => {
  const arrivals = { kind: 'constant', intervalMs: 5e9 } as const;
  const slow = createSource({ ...base, arrivals, requests: 3 }, { seed: 1 });
  expect(slow.take().arrivalNanos).toBe(0);
  expect(() => slow.take()).toThrow('request 2 arrives 116 days after the run began; at most 104');
});
