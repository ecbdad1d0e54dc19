import { FloverError } from '@flover/policy';
import { expect } from 'vitest';

/** The operating error that a call throws; fails where it throws none or something else. */
export function floverErrorOf(call: () => unknown): FloverError {
  let thrown: unknown;
  try {
    call();
  } catch (error) {
    thrown = error;
  }
  expect(thrown).toBeInstanceOf(FloverError);
  return thrown as FloverError;
}
