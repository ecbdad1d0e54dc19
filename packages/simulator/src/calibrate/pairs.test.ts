import { expect, test } from 'vitest';
import { decodeWork, prefillWork } from '../../test/support/work.ts';
import { companyOf } from './pairs.ts';
import type { MeasuredWork } from './recorder.ts';
import { samplesOf } from './samples.ts';

type Span = readonly [kind: 'prefill' | 'decode', lane: number, from: number, until: number];

/** Works in the order of their launches, each launched when `launchedNanos` says, else at its start. */
function measured(spans: readonly Span[], launchedNanos: readonly number[] = []): MeasuredWork[] {
  return spans.map(([kind, lane, startNanos, endNanos], id) => ({
    work: { ...(kind === 'prefill' ? prefillWork(0, 100) : decodeWork([50, 60])), id },
    decidedNanos: launchedNanos[id] ?? startNanos,
    measure: {
      kind: 'measure',
      work: id,
      lane,
      startNanos,
      endNanos,
      planNanos: 0,
      launchNanos: 0,
      movedBytes: 0,
      moveNanos: 0,
      kvReservedBytes: 0,
      kvUsedBytes: 0,
    },
  }));
}

function counts(spans: readonly Span[], launchedNanos?: readonly number[]) {
  const { prefills, decodes, crowded } = companyOf(samplesOf(measured(spans, launchedNanos)));
  return [prefills.length, decodes.length, crowded.length];
}

test('a prompt beside one iteration after the other is paired with them', () => {
  const spans: Span[] = [
    ['decode', 0, 0, 100],
    ['prefill', 1, 50, 250],
    ['decode', 0, 100, 200],
    ['decode', 0, 200, 300],
    ['decode', 0, 300, 400],
  ];
  expect(counts(spans)).toEqual([1, 3, 0]);
});

test('a prompt that was launched before all that ran beside it had no company then', () => {
  const spans: Span[] = [
    ['prefill', 1, 0, 200],
    ['decode', 0, 50, 150],
  ];
  expect(counts(spans)).toEqual([0, 0, 2]);
});

test('a prompt that waited behind another had company where decode ran at its launch', () => {
  const spans: Span[] = [
    ['decode', 0, 0, 90],
    ['prefill', 1, 10, 100],
    ['prefill', 1, 100, 200],
    ['decode', 0, 110, 190],
  ];
  expect(counts(spans, [0, 10, 20, 110])).toEqual([2, 2, 0]);
  expect(counts(spans, [0, 10, 95, 110])).toEqual([1, 1, 2]);
});

test('decode beside prompts that share with each other is none of the pairs', () => {
  const spans: Span[] = [
    ['decode', 0, 0, 100],
    ['prefill', 1, 10, 90],
    ['prefill', 2, 20, 95],
  ];
  expect(counts(spans)).toEqual([0, 0, 3]);
});
