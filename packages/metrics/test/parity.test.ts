import type { Action, SchedulerEvent } from '@flover/policy';
import type { TraceRecord } from '@flover/trace';
import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import {
  canonicalJson,
  type Decider,
  decisionParity,
  describeDecisionParity,
} from '../src/index.ts';
import { cases, runCase, schedulerOf } from './arbitraries.ts';

/** What a trace file does to a run. */
function throughJson(records: readonly TraceRecord[]): TraceRecord[] {
  return JSON.parse(JSON.stringify(records)) as TraceRecord[];
}

function count(records: readonly TraceRecord[], kind: TraceRecord['kind']): number {
  return records.filter((record) => record.kind === kind).length;
}

describe('decision parity', () => {
  it('holds for every run replayed by its own scheduler, even through a file', () => {
    fc.assert(
      fc.property(cases, (testCase) => {
        const records = runCase(testCase);
        const parity = decisionParity(throughJson(records), schedulerOf(testCase));
        expect(parity.difference).toBeUndefined();
        expect(parity.identical).toBe(true);
        expect(parity.events).toBe(count(records, 'event'));
        expect(parity.actions).toBe(count(records, 'action'));
        expect(parity.cutOff).toBe(false);
      }),
      { numRuns: 200 },
    );
  });

  it('names the event of any action that was changed, dropped or added', () => {
    const change = fc.constantFrom('change', 'drop', 'add');
    fc.assert(
      fc.property(cases, fc.nat(), change, (testCase, pick, how) => {
        const records = throughJson(runCase(testCase));
        const at = records.flatMap((record, i) => (record.kind === 'action' ? [i] : []));
        const index = at[pick % at.length]!;
        const eventIndex = count(records.slice(0, index), 'event') - 1;
        const action: Action = { kind: 'wake', timeNanos: -7 };
        const other: TraceRecord = { kind: 'action', action, timeNanos: 0 };
        if (how === 'change') records[index] = other;
        else if (how === 'drop') records.splice(index, 1);
        else records.splice(index, 0, other);
        const { identical, difference, events } = decisionParity(records, schedulerOf(testCase));
        expect(identical).toBe(false);
        expect(difference!.eventIndex).toBe(eventIndex);
        expect(events).toBe(eventIndex);
      }),
      { numRuns: 200 },
    );
  });

  it('holds for the part that a run which was killed has left', () => {
    fc.assert(
      fc.property(cases, fc.nat(), (testCase, cut) => {
        const whole = runCase(testCase);
        const part = whole.slice(0, cut % whole.length);
        const records = [...part, { kind: 'cut-off', line: 1, reason: 'no-footer' } as const];
        const parity = decisionParity(records, schedulerOf(testCase));
        expect(parity.difference).toBeUndefined();
        expect(parity.actions).toBe(count(part, 'action'));
        if (count(part, 'event') > 0) expect(parity.cutOff).toBe(true);
      }),
      { numRuns: 200 },
    );
  });

  const arrival: SchedulerEvent = {
    kind: 'arrive',
    timeNanos: 1500,
    request: {
      id: 0,
      arrivalNanos: 1500,
      promptTokens: 4,
      maxOutputTokens: 2,
      group: 'single',
      width: 1,
    },
  };
  const records: TraceRecord[] = [
    { kind: 'event', event: arrival },
    { kind: 'action', action: { kind: 'admit', request: 0, firstSequence: 0 }, timeNanos: 1500 },
    { kind: 'footer', timeNanos: 1500, outcome: 'complete' },
  ];
  const deciding = (...actions: Action[]): Decider => ({ step: () => actions });

  it('reads well', () => {
    const refuse: Action = { kind: 'refuse', request: 0, reason: 'full' };
    expect(describeDecisionParity(decisionParity(records, deciding(refuse)))).toBe(
      [
        'different after 0 events, 0 actions (0 iterations):',
        `  event 0 at 1500 ns: ${canonicalJson(arrival)}`,
        '  action 0 recorded: {"firstSequence":0,"kind":"admit","request":0}',
        '  action 0 decided:  {"kind":"refuse","reason":"full","request":0}',
      ].join('\n'),
    );
    const silent = describeDecisionParity(decisionParity(records, deciding()));
    expect(silent).toContain('action 0 decided:  (no more)');
    const same: Action = { request: 0, firstSequence: 0, kind: 'admit' };
    expect(describeDecisionParity(decisionParity(records, deciding(same)))).toBe(
      'identical: 1 events, 1 actions (0 iterations)',
    );
  });

  it('asks of a run that failed no more of the last event than was carried out', () => {
    const admit: Action = { request: 0, firstSequence: 0, kind: 'admit' };
    const release: Action = { kind: 'release', sequence: 0 };
    const failed: TraceRecord[] = [
      ...records.slice(0, 2),
      { kind: 'footer', timeNanos: 1500, outcome: 'failed' },
    ];
    const parity = decisionParity(failed, deciding(admit, release));
    expect(parity).toMatchObject({ identical: true, cutOff: true, actions: 1 });
    expect(decisionParity(records, deciding(admit, release)).identical).toBe(false);
  });

  it('tells a scheduler that throws as different', () => {
    const throwing: Decider = {
      step() {
        throw new Error('work 3 is unknown');
      },
    };
    const parity = decisionParity(records, throwing);
    expect(parity.identical).toBe(false);
    expect(parity.difference!.decided).toBe('threw work 3 is unknown');
  });
});

describe('canonical JSON', () => {
  it('is the same for the same value whatever the order of its keys', () => {
    fc.assert(
      fc.property(fc.jsonValue(), (value) => {
        expect(canonicalJson(reversed(value))).toBe(canonicalJson(value));
        expect(JSON.parse(canonicalJson(value))).toEqual(JSON.parse(JSON.stringify(value)));
      }),
    );
  });

  it('writes typed arrays like arrays and leaves out what is undefined', () => {
    expect(canonicalJson({ b: Int32Array.of(1, 2), a: undefined })).toBe('{"b":[1,2]}');
  });
});

function reversed(value: unknown): unknown {
  if (Array.isArray(value)) return value.map(reversed);
  if (value === null || typeof value !== 'object') return value;
  return Object.fromEntries(
    Object.entries(value)
      .reverse()
      .map(([key, inner]) => [key, reversed(inner)]),
  );
}
