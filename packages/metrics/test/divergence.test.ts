import type { Work } from '@flover/policy';
import type { TraceRecord } from '@flover/trace';
import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { compareLaunches } from '../src/index.ts';
import { cases, runCase } from './arbitraries.ts';
import { DECODE, LAST_PROMPT, Scribe, work } from './records.ts';

function works(records: readonly TraceRecord[]): Work[] {
  return records.flatMap((record) =>
    record.kind === 'action' && record.action.kind === 'launch' ? [record.action.work] : [],
  );
}

describe('the launches of two runs', () => {
  it('of the same run are the same, on every lane', () => {
    fc.assert(
      fc.property(cases, (testCase) => {
        const records = runCase(testCase);
        const { simulated, real, shareBefore, first, lanes } = compareLaunches(records, records);
        expect([simulated, real, shareBefore]).toEqual([works(records).length, simulated, 1]);
        expect(first).toBeUndefined();
        expect(lanes.reduce((sum, lane) => sum + lane.real, 0)).toBe(real);
      }),
      { numRuns: 50 },
    );
  });

  it('differ where one work was touched, and only on its lane', () => {
    fc.assert(
      fc.property(cases, fc.nat(), (testCase, pick) => {
        const records = runCase(testCase);
        const all = works(records);
        fc.pre(all.length > 0);
        const victim = all[pick % all.length]!;
        const touched = records.map((record) =>
          record.kind === 'action' &&
          record.action.kind === 'launch' &&
          record.action.work === victim
            ? { ...record, action: { ...record.action, work: { ...victim, deadRows: 99 } } }
            : record,
        );
        const { first, shareBefore, lanes } = compareLaunches(records, touched);
        expect(first!.index).toBe(victim.id);
        expect(first!.lane).toBe(victim.lane);
        expect(first!.differences).toEqual([`deadRows: ${victim.deadRows} simulated, 99 real`]);
        expect(shareBefore).toBeCloseTo(victim.id / all.length, 12);
        const wrong = lanes.filter((lane) => lane.first !== undefined).map(({ lane }) => lane);
        expect(wrong).toEqual([victim.lane]);
      }),
      { numRuns: 50 },
    );
  });

  it('are the same where only numbers and times differ', () => {
    const rows = [[0, 0, 4, LAST_PROMPT]] as const;
    const ours = new Scribe().arrive(0, 0, 4, 1).launch(work(0, 0, rows));
    const theirs = new Scribe().arrive(9, 0, 4, 1).launch(work(7, 0, rows));
    expect(compareLaunches(ours.records, theirs.records).first).toBeUndefined();
  });

  it('are told apart in words', () => {
    const ours = work(0, 0, [
      [3, 7, 8, DECODE],
      [4, 9, 10, DECODE],
    ]);
    const theirs = work(0, 0, [
      [4, 10, 11, DECODE],
      [5, 0, 4, LAST_PROMPT],
    ]);
    const move = { sequence: 3, index: 0, fromBlock: 5, toBlock: 1, tokens: 7 };
    const { first } = compareLaunches(
      new Scribe().arrive(1, 0, 4, 1).launch({ ...ours, moves: [move] }).records,
      new Scribe().arrive(2, 0, 4, 1).launch(theirs).records,
    );
    expect(first).toMatchObject({ index: 0, lane: 0, simulatedNanos: 1e6, realNanos: 2e6 });
    expect(first!.differences).toEqual([
      'sequence 3 [7, 8) flags 3 in the simulation only',
      'sequence 4 [9, 10) flags 3 simulated, [10, 11) flags 3 real',
      'sequence 5 [0, 4) flags 2 in the real run only',
      'moves: [{"fromBlock":5,"index":0,"sequence":3,"toBlock":1,"tokens":7}] simulated, [] real',
    ]);
  });

  it('of runs of different length end where the shorter one ends', () => {
    const rows = [[0, 0, 4, LAST_PROMPT]] as const;
    const longer = new Scribe().arrive(0, 0, 4, 1).launch(work(0, 0, rows)).records;
    const { first, shareBefore } = compareLaunches(longer, []);
    expect(shareBefore).toBe(0);
    expect(first).toMatchObject({ index: 0, lane: 0, simulatedNanos: 0 });
    expect(first!.realNanos).toBeUndefined();
    expect(first!.differences).toEqual(['the real run has no more launches']);
    expect(compareLaunches([], [])).toMatchObject({ shareBefore: 1, lanes: [] });
  });
});
