import { expect, test } from 'vitest';
import { ProbeSource } from './probe-source.ts';
import { plainRequest } from './requests.ts';

const probes = [
  { promptTokens: 5, outputTokens: 1, pauseNanos: 300 },
  { promptTokens: 6, outputTokens: 2, pauseNanos: 70 },
];

test('the background is there at once, each probe a pause after the one before it ended', () => {
  const source = new ProbeSource([plainRequest(0, 4, 50), plainRequest(1, 4, 50)], probes);
  expect(source.count).toBe(4);
  expect([source.take(), source.take()].map(({ id, arrivalNanos }) => [id, arrivalNanos])).toEqual([
    [0, 0],
    [1, 0],
  ]);
  expect(source.peekNanos()).toBe(300);
  expect(source.take()).toMatchObject({ id: 2, arrivalNanos: 300, promptTokens: 5 });
  expect(source.peekNanos()).toBeUndefined();
  // An end in the background changes nothing.
  source.finished(0, 900);
  expect(source.peekNanos()).toBeUndefined();
  source.finished(2, 1000);
  expect(source.peekNanos()).toBe(1070);
  expect(source.take()).toMatchObject({ id: 3, arrivalNanos: 1070, maxOutputTokens: 2 });
  source.finished(3, 2000);
  expect(source.peekNanos()).toBeUndefined();
});
