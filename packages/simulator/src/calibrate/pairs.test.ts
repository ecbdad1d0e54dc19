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
  const company = companyOf(samplesOf(measured(spans, launchedNanos)));
  const { accompanied, givenAlone, crowded } = company;
  const pairs = [accompanied, givenAlone].map((p) => [p.prefills.length, p.decodes.length]);
  return [...pairs[0], crowded.length, ...pairs[1]];
}

test('a prompt beside one iteration after the other is paired with them', () => {
  const spans: Span[] = [
    ['decode', 0, 0, 100],
    ['prefill', 1, 50, 250],
    ['decode', 0, 100, 200],
    ['decode', 0, 200, 300],
    ['decode', 0, 300, 400],
  ];
  expect(counts(spans)).toEqual([1, 3, 0, 0, 0]);
});

test('a prompt that was launched before all that ran beside it had no company then', () => {
  const spans: Span[] = [
    ['prefill', 1, 0, 200],
    ['decode', 0, 50, 150],
  ];
  expect(counts(spans)).toEqual([0, 0, 0, 1, 1]);
});

test('a prompt that waited behind another had company where decode ran at its launch', () => {
  const spans: Span[] = [
    ['decode', 0, 0, 90],
    ['prefill', 1, 10, 100],
    ['prefill', 1, 100, 200],
    ['decode', 0, 110, 190],
  ];
  expect(counts(spans, [0, 10, 20, 110])).toEqual([2, 2, 0, 0, 0]);
  expect(counts(spans, [0, 10, 95, 110])).toEqual([1, 1, 0, 1, 1]);
});

test('a prompt is given to the device when the one before it begins: company counts then', () => {
  const spans: Span[] = [
    ['prefill', 1, 0, 60],
    ['prefill', 1, 60, 160],
    ['prefill', 1, 160, 260],
    ['decode', 0, 30, 250],
  ];
  // All three are launched with nothing beside them; decode is there when the second begins.
  expect(counts(spans, [0, 0, 0, 30])).toEqual([1, 0, 1, 2, 0]);
  // Decode that has ended by then is no company, though it was at the launch.
  const ended: Span[] = [
    ['decode', 0, 0, 40],
    ['prefill', 1, 10, 45],
    ['prefill', 1, 45, 100],
    ['prefill', 1, 100, 200],
    ['decode', 0, 120, 190],
  ];
  expect(counts(ended, [0, 5, 20, 30, 120])).toEqual([1, 1, 0, 1, 1]);
});

test('decode beside prompts that share with each other is none of the pairs', () => {
  const spans: Span[] = [
    ['decode', 0, 0, 100],
    ['prefill', 1, 10, 90],
    ['prefill', 2, 20, 95],
  ];
  expect(counts(spans)).toEqual([0, 0, 3, 0, 0]);
});
