import { expect, test } from 'vitest';
import { tinyReport } from '../testing/tiny-comparison.ts';
import { headline } from './headline.ts';

test('the headline says what the numbers say', () => {
  // By hand: E2E 7, 12.2 and 9 ms together against 4, 10 and 12 ms one after the other.
  expect(headline(tinyReport().comparison)).toBe(
    'temporal-fusion answered 3 requests in 9.4 ms each on average on the engine, 1.08 times later ' +
      'than sequential; the simulator put that mean 10.7 % too low and its makespan 10.0 % too low; ' +
      'told the recorded events, a fresh scheduler repeated every decision of both runs.',
  );
});

test('an experiment that was stopped before its first run has no numbers', () => {
  expect(headline(tinyReport({ cells: [] }).comparison)).toBe('No request was served.');
});
