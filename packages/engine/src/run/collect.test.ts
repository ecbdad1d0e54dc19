import { expect, test } from 'vitest';
import { collectGarbage } from './collect.ts';

test('what nobody holds is gone', async () => {
  const kept = {};
  const held = new WeakRef(kept);
  const lost = new WeakRef({});
  // A weak reference keeps its target until the task in which it was made ends.
  await new Promise((resolve) => setTimeout(resolve, 0));
  collectGarbage();
  expect(lost.deref()).toBeUndefined();
  expect(held.deref()).toBe(kept);
});
