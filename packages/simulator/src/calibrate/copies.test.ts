import { expect, test } from 'vitest';
import { decodeWork, prefillWork } from '../../test/support/work.ts';
import { calibrate } from '../calibrate.ts';
import type { MeasuredWork } from './recorder.ts';

const NANOS_PER_BYTE = 2;
const ROWS_NANOS = 50_000;
const subject = {
  device: 'd',
  model: 'm',
  dataType: 'f32',
  worldSize: 1,
  runs: ['all'],
  kvBytesPerToken: 100,
};

function measureOf(
  id: number,
  lane: number,
  startNanos: number,
  movedBytes: number,
  times: number,
) {
  const moveNanos = NANOS_PER_BYTE * movedBytes * times;
  return {
    kind: 'measure' as const,
    work: id,
    lane,
    startNanos,
    endNanos: startNanos + ROWS_NANOS + moveNanos,
    planNanos: 4000,
    launchNanos: 6000,
    movedBytes,
    moveNanos,
    kvReservedBytes: 0,
    kvUsedBytes: 0,
  };
}

/** Works that move so many tokens, one after the other; beside a prompt they take three times as long. */
function moving(tokensMoved: readonly number[], beside: boolean): MeasuredWork[] {
  let startNanos = 0;
  return tokensMoved.flatMap((tokens, i) => {
    const id = 2 * i;
    const move = { sequence: 0, index: 0, fromBlock: 1, toBlock: 0, tokens };
    const measure = measureOf(id, 0, startNanos, 100 * tokens, beside ? 3 : 1);
    const work = decodeWork([600], { id, moves: [move] });
    const alone = { work, measure, decidedNanos: startNanos };
    const prompt = { ...prefillWork(0, 64), id: id + 1, lane: 1 };
    const company = { ...measure, work: prompt.id, lane: 1, movedBytes: 0, moveNanos: 0 };
    const prompts = beside ? [{ work: prompt, measure: company, decidedNanos: startNanos }] : [];
    startNanos = measure.endNanos;
    return [alone, ...prompts];
  });
}

/** Works that move nothing, which a profile must have too. */
const others = [8, 16, 32, 64, 128, 256].map((tokens, id): MeasuredWork => {
  const measure = measureOf(id, 0, id * ROWS_NANOS, 0, 1);
  return { work: prefillWork(0, tokens, { id }), measure, decidedNanos: measure.startNanos };
});
const tokens = [16, 32, 64, 128, 256, 512];

test('copies are fitted to those that nothing ran beside, where these are enough for a line', () => {
  const disturbed = moving([...tokens, ...tokens], true);
  const enough = calibrate([others, moving(tokens, false), disturbed], subject);
  expect(enough.moves.nanosPerUnit).toBeCloseTo(NANOS_PER_BYTE, 6);
  const few = calibrate([others, moving(tokens.slice(1), false), disturbed], subject);
  expect(few.moves.nanosPerUnit).toBeGreaterThan(1.1 * NANOS_PER_BYTE);
});
