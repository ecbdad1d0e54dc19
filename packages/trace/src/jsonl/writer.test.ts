import { existsSync, readFileSync } from 'node:fs';
import { FloverError } from '@flover/policy';
import { expect, test } from 'vitest';
import { smallHeader } from '../testing/small-trace.ts';
import { temporaryPath } from '../testing/write-trace.ts';
import { readTrace } from './reader.ts';
import { traceWriter } from './writer.ts';

const footer = { kind: 'footer', timeNanos: 1, outcome: 'complete' } as const;

test('a run that is never closed leaves what was written, at a line end', () => {
  const path = temporaryPath('trace.jsonl');
  const writer = traceWriter(path, smallHeader, { bufferBytes: 500 });
  for (let i = 0; i < 100; i++) writer.event({ kind: 'timer', timeNanos: i });
  const records = [...readTrace(path)];
  expect(readFileSync(path, 'utf8').endsWith('}\n')).toBe(true);
  expect(records.at(-1)).toMatchObject({ kind: 'cut-off', reason: 'no-footer' });
  expect(records.length).toBeGreaterThan(80);
  writer.flush();
  expect([...readTrace(path)].length).toBe(102);
  writer.close(footer);
});

test('a buffer of 0 bytes writes each record at once', () => {
  const path = temporaryPath('trace.jsonl');
  const writer = traceWriter(path, smallHeader, { bufferBytes: 0 });
  writer.event({ kind: 'timer', timeNanos: 1 });
  expect([...readTrace(path)].length).toBe(3);
  writer.close(footer);
  expect([...readTrace(path)].at(-1)).toEqual(footer);
});

test('what waits is written when the executor is idle, not before', () => {
  const path = temporaryPath('trace.jsonl');
  const writer = traceWriter(path, smallHeader, { idleBytes: 100 });
  const records = () => [...readTrace(path)].length - 2; // the header, and that it is cut off
  writer.event({ kind: 'timer', timeNanos: 0 });
  writer.idle?.();
  expect(records()).toBe(0);
  for (let i = 1; i < 10; i++) writer.event({ kind: 'timer', timeNanos: i });
  expect(records()).toBe(0);
  writer.idle?.();
  expect(records()).toBe(10);
  writer.close(footer);
});

test.runIf(existsSync('/dev/full'))('a full disk is one clear error, and closing is quiet', () => {
  const open = () => traceWriter('/dev/full', smallHeader);
  expect(open).toThrow(FloverError);
  expect(open).toThrow('cannot write /dev/full: the disk is full');
  try {
    open();
  } catch (error) {
    expect((error as FloverError).code).toBe('trace-write-failed');
    expect((error as FloverError).hint).toContain('free space');
  }
});

test('a folder that is not there is named', () => {
  expect(() => traceWriter('/nowhere/trace.jsonl', smallHeader)).toThrow(
    'cannot write /nowhere/trace.jsonl',
  );
});

test('writing after closing is a bug', () => {
  const writer = traceWriter(temporaryPath('t.jsonl'), smallHeader, { bufferBytes: 0 });
  writer.close(footer);
  expect(() => writer.event({ kind: 'timer', timeNanos: 1 })).toThrow('after it was closed');
});
