import { constants, PerformanceObserver } from 'node:perf_hooks';
import { expect, test } from 'vitest';
import { collectGarbage, collectYoung } from './collect.ts';

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

test('of young garbage alone, when that is asked for', async () => {
  const kinds: unknown[] = [];
  const observer = new PerformanceObserver((list) => {
    for (const entry of list.getEntries() as { detail?: { kind?: number } }[]) {
      kinds.push(entry.detail?.kind);
    }
  });
  observer.observe({ entryTypes: ['gc'] });
  for (let i = 0; i < 5; i++) collectYoung();
  await new Promise((resolve) => setTimeout(resolve, 10));
  observer.disconnect();
  const { NODE_PERFORMANCE_GC_MINOR: minor, NODE_PERFORMANCE_GC_MAJOR: major } = constants;
  expect(kinds.filter((kind) => kind === minor).length).toBeGreaterThanOrEqual(5);
  expect(kinds).not.toContain(major);
});
