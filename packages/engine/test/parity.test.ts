import type { SchedulerEvent } from '@flover/policy';
import type { TraceRecord } from '@flover/trace';
import fc from 'fast-check';
import { describe, expect, test } from 'vitest';
import { Engine } from '../src/engine.ts';
import { few, lanes } from '../src/validation/extent.ts';
import { checkParity } from '../src/validation/parity.ts';
import { tinyShapes } from '../src/validation/shapes.ts';
import { type World, worldArbitrary } from '../src/validation/worlds.ts';
import { openCpu, runRequests } from './run-requests.ts';

function record(world: World): readonly TraceRecord[] {
  const model = { kind: 'synthetic', shape: tinyShapes[0]!, dataType: 'f32', seed: 11 } as const;
  const engine = openCpu(model, world.config, lanes);
  try {
    return runRequests(engine, world.config, world.requests).sink.records;
  } finally {
    engine.close();
  }
}

const eventsOf = (records: readonly TraceRecord[]): SchedulerEvent[] =>
  records.flatMap((entry) => (entry.kind === 'event' ? [entry.event] : []));

test('the recorded events of a real run, replayed, give the same decisions byte for byte', () => {
  const cpu = { backend: 'cpu', open: Engine.open } as const;
  const subject = { shape: tinyShapes[0]!, dataType: 'f32' } as const;
  const seed = Math.floor(Math.random() * 2 ** 31);
  const result = checkParity(cpu, subject, few, { cases: 100, seed });
  expect(result).toMatchObject({ verdict: 'passed', cases: 100, detail: '' });
});

describe('the trace of a real run', () => {
  test('is in order of time, measures every work before its end, and ends all requests once', () => {
    fc.assert(
      fc.property(worldArbitrary(few, true), (world) => {
        const records = record(world);
        const times = eventsOf(records).map((event) => event.timeNanos);
        expect(times).toEqual([...times].sort((a, b) => a - b));
        const measured = new Set<number>();
        const ended: number[] = [];
        for (const entry of records) {
          if (entry.kind === 'measure') {
            expect(entry.endNanos).toBeGreaterThanOrEqual(entry.startNanos);
            expect(entry.kvReservedBytes).toBeGreaterThanOrEqual(entry.kvUsedBytes);
            measured.add(entry.work);
          }
          if (entry.kind === 'event' && entry.event.kind === 'end') {
            expect(measured).toContain(entry.event.work);
          }
          if (
            entry.kind === 'action' &&
            'request' in entry.action &&
            entry.action.kind !== 'admit'
          ) {
            ended.push(entry.action.request);
          }
        }
        expect(ended.sort((a, b) => a - b)).toEqual(world.requests.map((request) => request.id));
        expect(records.at(-1)).toMatchObject({ kind: 'footer', outcome: 'complete' });
      }),
      { numRuns: 40 },
    );
  });
});
