import type { WorkloadRequest } from '@flover/workload';
import { expect, test } from 'vitest';
import { promptRequest } from '../../test/run-requests.ts';
import { RequestBook, type SequenceOutput } from './book.ts';

const outputOf = (token: number): SequenceOutput => ({
  tokens: Int32Array.of(token),
  logProbs: new Float32Array(1),
  score: 0,
});

test('a request is told with its sequences in their order, once it is over and all are released', () => {
  const told: [number, number[]][] = [];
  const book = new RequestBook(({ id }: WorkloadRequest, sequences) => {
    told.push([id, sequences.map(({ tokens }) => tokens[0]!)]);
  });
  for (const id of [7, 8, 9]) {
    book.arrive({ ...promptRequest(id, [1], 4), group: 'samples', width: 2 });
  }
  book.admit(7, 20);
  book.admit(8, 30);
  book.release(21, outputOf(1));
  book.release(30, outputOf(2));
  book.release(31, outputOf(3));
  book.end(7);
  expect(told).toEqual([]);
  book.end(8);
  book.release(20, outputOf(0));
  expect(told).toEqual([
    [8, [2, 3]],
    [7, [0, 1]],
  ]);
  // Refused: it never had a sequence, and nothing is told.
  book.end(9);
  expect(told).toHaveLength(2);
  expect([book.hasOpen(), book.sequences()]).toEqual([false, []]);
});

test('what belongs to no request is a bug of the caller', () => {
  const book = new RequestBook();
  book.arrive(promptRequest(1, [1], 4));
  expect(() => book.arrive(promptRequest(1, [1], 4))).toThrow('request 1 arrives twice');
  expect(() => book.end(2)).toThrow('request 2 is not known');
  expect(() => book.release(5, outputOf(0))).toThrow('belongs to no request');
});
