import fc from 'fast-check';
import { expect, test } from 'vitest';
import { IdMap } from './id-map.ts';

/** Ids that meet at one place, ids in order, and any. */
const ids = fc.oneof(
  fc.nat(200),
  fc.nat(40).map((i) => i * 2 ** 26),
  fc.nat(Number.MAX_SAFE_INTEGER),
);
const change = fc.record({ id: ids, kind: fc.constantFrom('set', 'delete') });

test('an IdMap holds what a Map holds', () => {
  fc.assert(
    fc.property(fc.array(change, { maxLength: 200, size: 'max' }), (changes) => {
      const map = new IdMap<number>();
      const model = new Map<number, number>();
      changes.forEach(({ id, kind }, value) => {
        if (kind === 'set') {
          map.set(id, value);
          model.set(id, value);
        } else {
          expect(map.delete(id)).toBe(model.delete(id));
        }
        expect(map.size).toBe(model.size);
      });
      for (const { id } of changes) {
        expect(map.get(id)).toBe(model.get(id));
        expect(map.has(id)).toBe(model.has(id));
      }
      expect([...map.keys()].sort((a, b) => a - b)).toEqual(
        [...model.keys()].sort((a, b) => a - b),
      );
      expect([...map.values()].sort((a, b) => a - b)).toEqual(
        [...model.values()].sort((a, b) => a - b),
      );
    }),
  );
});

test('ids in order that come and go need no more places than live at once', () => {
  const map = new IdMap<string>();
  for (let id = 0; id < 10_000; id++) {
    map.set(id, `value ${id}`);
    if (id >= 100) expect(map.delete(id - 100)).toBe(true);
  }
  expect(map.size).toBe(100);
  expect(map.get(9_900)).toBe('value 9900');
  expect(map.get(9_899)).toBeUndefined();
});
