import { type RequestView, RowFlag, type Work } from '@flover/policy';
import { playTrace, type TraceRecord } from '@flover/trace';
import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import {
  estimateTenants,
  MetricsCollector,
  type MetricsOptions,
  TENANT_KEYS,
} from '../src/index.ts';
import { cases, runCase } from './arbitraries.ts';
import { DECODE, LAST_PROMPT, Scribe, work } from './records.ts';

type Names = readonly (string | undefined)[];

/** A run whose request i says that it was sent by `names[i]`. */
const named = fc
  .tuple(cases, fc.array(fc.constantFrom('a', 'b', 'c'), { minLength: 12, maxLength: 12 }))
  .map(([testCase, names]) => ({ records: sentBy(runCase(testCase), names), names }));

function sentBy(records: readonly TraceRecord[], names: Names): TraceRecord[] {
  return records.map((record) => {
    if (record.kind !== 'event' || record.event.kind !== 'arrive') return record;
    const { tenant: _, ...view } = record.event.request;
    const tenant = names[view.id];
    const request: RequestView = tenant === undefined ? view : { ...view, tenant };
    return { kind: 'event', event: { ...record.event, request } };
  });
}

function summaryOf(records: readonly TraceRecord[], options?: MetricsOptions) {
  const collector = new MetricsCollector(options);
  playTrace(records, collector);
  return collector.summary();
}

/** Service of each tenant and who waits, after each record; from the definition, everything kept. */
function bruteForce(records: readonly TraceRecord[]) {
  const views = new Map<number, RequestView>();
  const waiting = new Set<number>();
  const ended = new Set<number>();
  const requestOf = new Map<number, number>();
  const works = new Map<number, Work>();
  const computed = new Map<string, true>();
  const service: Record<string, number> = { a: 0, b: 0, c: 0 };
  const moments: { service: Record<string, number>; waits: Set<string> }[] = [];
  const give = (work: Work) => {
    work.sequences.forEach((sequence, i) => {
      if (ended.has(sequence)) return;
      const view = views.get(requestOf.get(sequence)!)!;
      const decode = (work.flags[i]! & RowFlag.Decode) !== 0;
      for (let p = work.from[i]!; !decode && p < work.to[i]!; p++) {
        if (!computed.has(`${view.id} ${p}`)) service[view.tenant!]! += 1;
        computed.set(`${view.id} ${p}`, true);
      }
      if (work.flags[i]! & RowFlag.Samples) service[view.tenant!]! += 2 * (decode ? 1 : view.width);
    });
  };
  for (const record of records) {
    if (record.kind === 'event' && record.event.kind === 'arrive') {
      views.set(record.event.request.id, record.event.request);
      waiting.add(record.event.request.id);
    } else if (record.kind === 'event' && record.event.kind === 'end') {
      give(works.get(record.event.work)!);
      for (const sequence of record.event.stopped) ended.add(sequence);
    } else if (record.kind === 'action') {
      const { action } = record;
      if (action.kind === 'launch') works.set(action.work.id, action.work);
      if (action.kind === 'admit') {
        const { width } = views.get(action.request)!;
        for (let i = 0; i < width; i++) requestOf.set(action.firstSequence + i, action.request);
        waiting.delete(action.request);
      }
      if (action.kind === 'finish' || action.kind === 'refuse') {
        waiting.delete(action.request);
        for (const [sequence, request] of requestOf)
          if (request === action.request) ended.add(sequence);
      }
    }
    const waits = new Set([...waiting].map((id) => views.get(id)!.tenant!));
    moments.push({ service: { ...service }, waits });
  }
  return { service, moments };
}

/** The largest difference between two who both wait, over all pairs and all stretches. */
function largestGap({ moments }: ReturnType<typeof bruteForce>): number {
  let gap = 0;
  for (const [f, g] of ['ab', 'ac', 'bc'] as unknown as [string, string][]) {
    for (let from = 0; from < moments.length; from++) {
      for (let to = from; to < moments.length; to++) {
        const { waits, service } = moments[to]!;
        if (!waits.has(f) || !waits.has(g)) break;
        const before = moments[from]!.service;
        gap = Math.max(gap, Math.abs(service[f]! - before[f]! - (service[g]! - before[g]!)));
      }
    }
  }
  return gap;
}

describe('by tenant', () => {
  it('service and its largest gap are what the definitions give', () => {
    let gaps = 0;
    const check = fc.property(named, ({ records }) => {
      const truth = bruteForce(records);
      const { values, tenants = [] } = summaryOf(records);
      for (const { tenant, values } of tenants) {
        expect(values.serviceTokens).toBe(truth.service[tenant!]);
      }
      const gap = largestGap(truth);
      expect(values.serviceGapTokens).toBe(tenants.length > 1 ? gap : null);
      if (gap > 0) gaps++;
    });
    fc.assert(check, { numRuns: 300 });
    expect(gaps).toBeGreaterThan(20);
  });

  it('adds up to the whole, and the whole is as if nobody was named', () => {
    const check = fc.property(named, fc.nat(40_000), ({ records }, warmupNanos) => {
      const options = { slo: { ttftMs: 0.02 }, warmupNanos };
      const { values, tenants = [] } = summaryOf(records, options);
      const plain = summaryOf(sentBy(records, []), options);
      expect(plain.tenants).toBeUndefined();
      expect([plain.values.serviceTokens, plain.values.serviceGapTokens]).toEqual([null, null]);
      expect({ ...values, serviceTokens: null, serviceGapTokens: null }).toEqual(plain.values);
      const sums = [
        'requestsArrived',
        'requestsServed',
        'generatedTokens',
        'serviceTokens',
      ] as const;
      for (const key of sums) {
        const sum = tenants.reduce((sum, { values }) => sum + values[key]!, 0);
        expect(sum, key).toBe(values[key]);
      }
      const good = (of: Pick<typeof values, 'sloShare' | 'requestsArrived'>) =>
        (of.sloShare ?? 0) * of.requestsArrived!;
      const sum = tenants.reduce((sum, { values }) => sum + good(values), 0);
      expect(sum).toBeCloseTo(good(values), 9);
      for (const { values } of tenants) {
        expect(Object.keys(values).sort()).toEqual([...TENANT_KEYS].sort());
      }
    });
    fc.assert(check, { numRuns: 200 });
  });

  it('names tell nothing: swapped names give swapped numbers', () => {
    const other: Record<string, string> = { a: 'y', b: 'x', c: 'z' };
    const check = fc.property(named, ({ records, names }) => {
      const renamed = summaryOf(
        sentBy(
          records,
          names.map((name) => other[name]),
        ),
      );
      const { values, tenants = [] } = summaryOf(records);
      expect(renamed.values).toEqual(values);
      for (const { tenant, values } of tenants) {
        expect(renamed.tenants).toContainEqual({ tenant: other[tenant!], values });
      }
    });
    fc.assert(check, { numRuns: 100 });
  });

  it('a tenant alone has the whole, and no gap', () => {
    fc.assert(
      fc.property(cases, (testCase) => {
        const { values, tenants } = summaryOf(sentBy(runCase(testCase), Array(12).fill('a')));
        expect(values.serviceGapTokens).toBeNull();
        expect(tenants!.length).toBe(1);
        for (const key of TENANT_KEYS) expect(tenants![0]!.values[key], key).toBe(values[key]);
      }),
      { numRuns: 100 },
    );
  });
});

/** Two tenants; `a` is served twice while a third request of each waits. */
function unfair(): TraceRecord[] {
  const tenants = ['a', 'a', 'b', 'a'];
  const scribe = new Scribe();
  for (const id of tenants.keys()) scribe.arrive(0, id, 4, 2);
  for (const [place, id] of [0, 1].entries()) {
    const prompt = work(2 * place, 0, [[place, 0, 4, LAST_PROMPT]]);
    const decode = work(2 * place + 1, 0, [[place, 4, 5, DECODE]]);
    const from = 20 * place;
    scribe
      .admit(id, place)
      .launch(prompt)
      .end(prompt, from, from + 10);
    scribe
      .launch(decode)
      .end(decode, from + 10, from + 20)
      .finish(id, 2);
  }
  return sentBy(scribe.records, tenants);
}

it('by hand: 4 prompt tokens and twice 2 output tokens, twice, while the other waits', () => {
  const { values, tenants } = summaryOf(unfair());
  expect(values.serviceGapTokens).toBe(16);
  expect(tenants!.map(({ tenant, values }) => [tenant, values.serviceTokens])).toEqual([
    ['a', 16],
    ['b', 0],
  ]);
  const [a, b] = tenants!.map(({ values }) => values);
  expect([a!.ttftMsMean, a!.ttftMsMax, a!.requestsServed, a!.requestsUnfinished]).toEqual([
    20, 30, 2, 1,
  ]);
  expect([b!.ttftMsMean, b!.requestsServed, b!.requestsUnfinished]).toEqual([null, 0, 1]);
  // Nothing is told of what was before the warm-up's end.
  expect(summaryOf(unfair(), { warmupNanos: 15e6 }).values.serviceGapTokens).toBe(10);
});

it('a tenant has its own objectives, else those of everybody, else none', () => {
  const strict = { tenant: 'a', slo: { ttftMs: 10 } };
  const shares = (options: MetricsOptions) => {
    const { values, tenants } = summaryOf(unfair(), options);
    return [values, ...tenants!.map(({ values }) => values)].map(({ sloShare }) => sloShare);
  };
  expect(shares({ slo: { ttftMs: 30 } })).toEqual([2 / 4, 2 / 3, 0]);
  expect(shares({ slo: { ttftMs: 30 }, tenantSlos: [strict] })).toEqual([1 / 4, 1 / 3, 0]);
  // Who has no objective is not judged.
  expect(shares({ tenantSlos: [strict] })).toEqual([1 / 3, 1 / 3, null]);
  expect(shares({})).toEqual([null, null, null]);
});

it('requests that say no tenant are told last, apart from the others', () => {
  const records = sentBy(unfair(), [undefined, 'z', undefined, 'b']);
  const { tenants } = summaryOf(records);
  expect(tenants!.map(({ tenant, values }) => [tenant, values.requestsArrived])).toEqual([
    ['b', 1],
    ['z', 1],
    [null, 2],
  ]);
});

const bySeed = <Value>(runs: readonly Value[]) => new Map(runs.map((run, seed) => [seed, run]));

it('replications estimate each tenant by itself, also one that only some of them have', () => {
  const run = (...tenants: string[]) => summaryOf(sentBy(unfair(), tenants)).tenants!;
  const runs = [run('a', 'a', 'b', 'a'), run('a', 'a', 'c', 'c'), run('b', 'b', 'a', 'b')];
  const estimates = estimateTenants(bySeed(runs));
  expect(estimates.map(({ tenant }) => tenant)).toEqual(['a', 'b', 'c']);
  const service = estimates.map(({ metrics }) => metrics.serviceTokens);
  expect(service.map((each) => [each!.estimate, each!.count])).toEqual([
    [(16 + 16 + 0) / 3, 3],
    [(0 + 16) / 2, 2],
    [0, 1],
  ]);
  expect(estimates[2]!.metrics.ttftMsMean).toBeNull();
});

it('each tenant is compared with itself under the baseline, in the seeds that have it in both', () => {
  const run = (...tenants: string[]) => summaryOf(sentBy(unfair(), tenants)).tenants!;
  const ours = [run('a', 'a', 'b', 'b'), run('a', 'b', 'b', 'b'), run('b', 'b', 'b', 'b')];
  const theirs = [run('b', 'a', 'b', 'b'), run('b', 'b', 'a', 'b'), run('a', 'b', 'a', 'b')];
  const service = (tenants: typeof ours, seed: number, name: string) =>
    tenants[seed]!.find(({ tenant }) => tenant === name)!.values.serviceTokens!;
  const [a, b] = estimateTenants(bySeed(ours), bySeed(theirs));
  const expected = (name: string, seeds: readonly number[]) => {
    const each = seeds.map((seed) => service(ours, seed, name) - service(theirs, seed, name));
    return {
      estimate: each.reduce((sum, one) => sum + one, 0) / each.length,
      count: each.length,
      below: each.filter((one) => one < 0).length,
      above: each.filter((one) => one > 0).length,
    };
  };
  // In the third seed nothing of ours is of tenant a.
  expect(a!.differences!.serviceTokens).toMatchObject(expected('a', [0, 1]));
  expect(b!.differences!.serviceTokens).toMatchObject(expected('b', [0, 1, 2]));
  expect(b!.differences!.serviceTokens!.estimate).not.toBe(0);
  expect(estimateTenants(bySeed(ours))[0]).not.toHaveProperty('differences');
});
