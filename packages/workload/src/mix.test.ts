import fc from 'fast-check';
import { expect, test } from 'vitest';
import type { MixedWorkload, SyntheticWorkload, WorkloadPart } from './config.ts';
import { recordRequests, requestWriter } from './readers/request-writer.ts';
import type { RequestSource, WorkloadRequest } from './request.ts';
import { createSource } from './source.ts';
import { takeAll, temporaryFile } from './testing/take-all.ts';

const synthetic: SyntheticWorkload = {
  kind: 'synthetic',
  requests: 20,
  arrivals: { kind: 'poisson', requestsPerSecond: 5 },
  prompt: { kind: 'log-normal', medianTokens: 200, sigma: 1 },
  output: { kind: 'uniform', minTokens: 1, maxTokens: 512 },
};
const part = (tenant: string, changes: Partial<SyntheticWorkload> = {}): WorkloadPart => ({
  ...synthetic,
  ...changes,
  tenant,
});
const sourceOf = (...parts: WorkloadPart[]) => createSource({ kind: 'mix', parts }, { seed: 7 });
const requestsOf = (...parts: WorkloadPart[]) => takeAll(sourceOf(...parts));
/** Those of one tenant, without the numbers that depend on the others. */
const sentBy = (tenant: string, requests: readonly WorkloadRequest[]) =>
  requests.filter((request) => request.tenant === tenant).map(({ id: _, ...rest }) => rest);

const arbitraryPart = (tenant: string) =>
  fc
    .record({
      requests: fc.integer({ min: 1, max: 8 }),
      // Few different times, so that parts meet.
      arrivals: fc.oneof(
        fc.record({
          kind: fc.constant('constant' as const),
          intervalMs: fc.constantFrom(0, 1, 2),
        }),
        fc.record({
          kind: fc.constant('poisson' as const),
          requestsPerSecond: fc.constantFrom(1, 100),
        }),
      ),
      priority: fc.integer({ min: -2, max: 2 }),
      cancels: fc.constantFrom({ share: 0.5, minAfterMs: 0, maxAfterMs: 9 }),
      sampling: fc.constantFrom({ temperature: 1 }),
    })
    .map((changes) => part(tenant, changes));

test('parts are merged by time of arrival, ties in the order of the parts', () => {
  const parts = fc.tuple(arbitraryPart('a'), arbitraryPart('b'), arbitraryPart('c'));
  const check = fc.property(parts, (parts) => {
    const requests = requestsOf(...parts);
    expect(requests.map(({ id }) => id)).toEqual(requests.map((_, i) => i));
    expect(requests.length).toBe(sourceOf(...parts).count);
    const place = ({ tenant }: WorkloadRequest) => 'abc'.indexOf(tenant!);
    for (const [i, request] of requests.slice(1).entries()) {
      const before = requests[i]!;
      const later = request.arrivalNanos - before.arrivalNanos;
      expect(later > 0 || (later === 0 && place(before) <= place(request))).toBe(true);
    }
  });
  fc.assert(check, { numRuns: 100 });
});

test('adding, changing or moving a part changes no request of another, prompts included', () => {
  const parts = fc.tuple(arbitraryPart('a'), arbitraryPart('b'), arbitraryPart('b'));
  const check = fc.property(parts, fc.boolean(), ([kept, other, changed], first) => {
    const alone = sentBy('a', requestsOf(kept));
    const beside = (part: WorkloadPart) => (first ? [part, kept] : [kept, part]);
    expect(sentBy('a', requestsOf(...beside(other)))).toEqual(alone);
    expect(sentBy('a', requestsOf(...beside(changed)))).toEqual(alone);
    expect(new Set(alone.map(({ promptStream }) => promptStream)).size).toBe(alone.length);
  });
  fc.assert(check, { numRuns: 100 });
});

test('tenants draw apart from each other, and the same part gives the same requests', () => {
  const [a, b] = [sentBy('a', requestsOf(part('a'))), sentBy('b', requestsOf(part('b')))];
  expect(sentBy('a', requestsOf(part('a')))).toEqual(a);
  const lengths = (requests: typeof a) => requests.map(({ promptTokens }) => promptTokens);
  expect(lengths(a)).not.toEqual(lengths(b));
});

/** Serves each request for one second; gives requests in order of arrival. */
function serve(source: RequestSource): WorkloadRequest[] {
  const taken: WorkloadRequest[] = [];
  const ends: { readonly id: number; readonly nanos: number }[] = [];
  for (;;) {
    const arrival = source.peekNanos();
    const end = ends[0];
    if (end !== undefined && end.nanos <= (arrival ?? Number.POSITIVE_INFINITY)) {
      ends.shift();
      source.finished(end.id, end.nanos);
    } else if (arrival !== undefined) {
      const request = source.take();
      taken.push(request);
      ends.push({ id: request.id, nanos: request.arrivalNanos + 1e9 });
    } else return taken;
  }
}

test('closed loops beside others: their next request follows their own answer', () => {
  const arrivals = { kind: 'closed-loop', concurrency: 2, thinkTimeMs: 300 } as const;
  const loop = part('loop', { requests: 8, arrivals: { ...arrivals, thinkTime: 'exponential' } });
  const alone = sentBy('loop', serve(sourceOf(loop)));
  expect(alone.length).toBe(8);
  const beside = serve(sourceOf(part('open'), loop, part('late', { requests: 3, arrivals })));
  expect(sentBy('loop', beside)).toEqual(alone);
  expect(beside.length).toBe(20 + 8 + 3);
  // Whenever they came, each has the number that it has in every run: those of `loop` follow `open`.
  for (const { tenant, id, promptStream } of beside) {
    const [, own] = promptStream!.split('/');
    expect(id).toBe({ open: 0, loop: 20, late: 28 }[tenant!]! + Number(own));
  }
});

test('what a mix was, written to a file, is read as the same requests', () => {
  const path = temporaryFile('requests.jsonl', '');
  const writer = requestWriter(path);
  const parts = [part('a', { priority: -1 }), part('b')];
  const source = recordRequests(sourceOf(...parts), (request) => writer.write(request));
  const written = takeAll(source);
  writer.close();
  const read = createSource({ kind: 'trace', format: 'requests', path }, { seed: 7 });
  expect(takeAll(read)).toEqual(written);
  expect(written[0]).toMatchObject({ promptStream: expect.stringMatching(/^[ab]\/0$/) });
});

test('a workload of one tenant says it of every request, in place of what a file says', () => {
  const rows = [
    { format: 'flover-requests', version: 1 },
    { arrivalMs: 0, promptTokens: 1, maxOutputTokens: 1, tenant: 'other', priority: 3 },
    { arrivalMs: 1, promptTokens: 1, maxOutputTokens: 1 },
  ];
  const path = temporaryFile('requests.jsonl', rows.map((row) => JSON.stringify(row)).join('\n'));
  const file = { kind: 'trace', format: 'requests', path } as const;
  const sent = (requests: WorkloadRequest[]) =>
    requests.map(({ tenant, priority }) => [tenant, priority]);
  expect(sent(takeAll(createSource(file, { seed: 1 })))).toEqual([
    ['other', 3],
    [undefined, undefined],
  ]);
  expect(sent(takeAll(createSource({ ...file, tenant: 'me' }, { seed: 1 })))).toEqual([
    ['me', 3],
    ['me', undefined],
  ]);
  const one = { ...synthetic, tenant: 'me', priority: 0 };
  const [first] = takeAll(createSource(one, { seed: 7 }));
  expect(first).toMatchObject({ tenant: 'me', priority: 0 });
  // Said or not, the draws are the same.
  const [plain] = takeAll(createSource(synthetic, { seed: 7 }));
  expect(first).toEqual({ ...plain, tenant: 'me', priority: 0 });
});

test.each<[string, MixedWorkload | WorkloadPart | object, RegExp]>([
  ['no part', { kind: 'mix', parts: [] }, /parts is \[\], but must be a list with at least one/],
  [
    'no tenant',
    { kind: 'mix', parts: [synthetic] },
    /parts\[0\].tenant is undefined, but must be a text of 1 to 64/,
  ],
  [
    'one tenant twice',
    { kind: 'mix', parts: [part('a'), part('b'), part('a')] },
    /parts\[2\].tenant is 'a', and so is that of parts\[0\]/,
  ],
  ['an empty name', { ...synthetic, tenant: '' }, /tenant is "", but must be a text/],
  ['a line break', { ...synthetic, tenant: 'a\nb' }, /tenant is "a\\nb", but must be a text/],
  ['a broken priority', { ...synthetic, priority: 1.5 }, /priority is 1.5, but must be a whole/],
  [
    'a fault in a part',
    { kind: 'mix', parts: [part('a'), part('b', { requests: 0 })] },
    /parts\[1\]: requests is 0/,
  ],
])('refuses %s', (_, config, message) => {
  expect(() => createSource(config as MixedWorkload, { seed: 1 })).toThrow(message);
});
