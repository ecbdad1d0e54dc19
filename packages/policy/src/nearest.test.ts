import { expect, it } from 'vitest';
import { nearest } from './nearest.ts';

it('finds the name that was meant', () => {
  expect(nearest('preffillLanes', ['prefillLanes', 'preemption'])).toBe('prefillLanes');
  expect(nearest('SLOTS', ['paged', 'slots'])).toBe('slots');
});

it('suggests nothing when nothing is near', () => {
  expect(nearest('colour', ['prefillLanes', 'preemption'])).toBeUndefined();
  expect(nearest('anything', [])).toBeUndefined();
});
