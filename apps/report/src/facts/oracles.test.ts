import type { Sweep } from '@flover/metrics';
import { expect, test } from 'vitest';
import { tinyReport } from '../testing/tiny-comparison.ts';
import { tinySweep } from '../testing/tiny-site.ts';
import { withMarks } from './oracles.ts';
import { policiesOf } from './policies.ts';

const error = { code: 'policy-threw', message: 'no' };
const plain: Sweep = {
  ...tinySweep(),
  failures: [{ axes: {}, label: 'sequential', seed: 1, error }],
};
const marked = withMarks({ ...plain, oracles: ['sequential'] });

test('who sees true output lengths is marked wherever a sweep names it, nobody else', () => {
  const names = ['temporal-fusion', 'sequential (oracle)'];
  expect(marked.labels).toEqual(names);
  expect([...new Set(marked.points.map(({ label }) => label))]).toEqual(names);
  expect(marked.failures[0]!.label).toBe('sequential (oracle)');
  expect(withMarks(plain)).toBe(plain);
});

test('a comparison names it alike, so that its real runs are found beside the sweep', () => {
  const { comparison } = tinyReport();
  const cells = comparison.cells.map((cell) => ({
    ...cell,
    label: 'sequential',
    policy: { ...cell.policy, oracle: true },
  }));
  const [policy] = policiesOf({ ...comparison, cells });
  expect(marked.labels).toContain(policy!.label);
});
