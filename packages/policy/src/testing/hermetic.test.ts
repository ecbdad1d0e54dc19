import { expect, it } from 'vitest';
import { otherDay, today, within } from './hermetic.ts';

const look = () => [
  Date.now(),
  new Date().getFullYear(),
  performance.now(),
  Number(process.hrtime.bigint()),
  Math.random(),
];

it('shows the same readings in the same surroundings and others in others', () => {
  const readings = within(today, look);
  expect(within(today, look)).toEqual(readings);
  const others = within(otherDay, look);
  for (const [index, reading] of readings.entries()) expect(others[index]).not.toBe(reading);
});

it('leaves dates that were given alone, and puts everything back, also after an error', () => {
  expect(within(today, () => new Date(86_400_000).toISOString())).toBe('1970-01-02T00:00:00.000Z');
  const before = [Date, Math.random, performance.now, process.hrtime];
  const fail = () => {
    throw new Error('out');
  };
  expect(() => within(today, fail)).toThrow('out');
  expect([Date, Math.random, performance.now, process.hrtime]).toEqual(before);
});
