import { describe, expect, test } from 'vitest';
import { Engine } from '../src/engine.ts';
import { checkBits } from '../src/validation/bits.ts';
import { crowdBranch, rareBranches } from '../src/validation/branches.ts';
import { crowd, few } from '../src/validation/extent.ts';
import { tinyShapes } from '../src/validation/shapes.ts';

const cpu = { backend: 'cpu', open: Engine.open } as const;
let seed = Math.floor(Math.random() * 2 ** 30);
/** What the worlds have shown so far; a property over worlds in which nothing happens proves nothing. */
const seen = new Set<string>();

describe.each(tinyShapes.map((shape) => [shape.name, shape] as const))('%s', (_, shape) => {
  test.each([
    ['f32', 60],
    ['bf16', 20],
    ['f16', 20],
  ] as const)('%s: a request has the same bits alone and in any company', (dataType, cases) => {
    const result = checkBits(cpu, { shape, dataType }, few, { cases, seed: seed++ });
    expect(result).toMatchObject({ verdict: 'passed', cases, detail: '' });
    for (const branch of Object.keys(result.seen)) seen.add(branch);
  });
});

test('the worlds above held all that could have changed a bit', () => {
  expect([...seen]).toEqual(expect.arrayContaining([...rareBranches]));
});

test('a request has the same bits with up to 63 companions', () => {
  const subject = { shape: tinyShapes[0]!, dataType: 'f32' } as const;
  const result = checkBits(cpu, subject, crowd, { cases: 6, seed });
  expect(result).toMatchObject({ verdict: 'passed', cases: 6, detail: '' });
  expect(Object.keys(result.seen)).toContain(crowdBranch);
});
