import { fileURLToPath } from 'node:url';
import fc from 'fast-check';
import { expect, it } from 'vitest';
import { lookupPolicy } from '../policies/index.ts';
import { caseArbitrary } from './arbitraries.ts';
import homesick from './fixtures/homesick-policy.ts';
import { runCase, transcript } from './harness.ts';
import { transcriptsElsewhere } from './other-process.ts';
import { smallParameters } from './small-parameters.ts';

const names = ['temporal-fusion', 'chunked-prefill', 'concurrent-instances'];

it.each(names)('%s returns the same actions, byte for byte, in another process', (policyName) => {
  const parameters = smallParameters[policyName]!;
  const worlds = fc.sample(caseArbitrary({ policyName, parameters }), { numRuns: 200, seed: 5 });
  const definition = lookupPolicy(policyName);
  const here = worlds.map((world) => transcript(runCase({ definition }, world)));
  expect(transcriptsElsewhere(policyName, worlds)).toEqual(here);
});

it('runs a policy from a file, and shows one that differs from process to process', () => {
  const file = fileURLToPath(new URL('./fixtures/homesick-policy.ts', import.meta.url));
  const arbitrary = caseArbitrary({ policyName: 'homesick', parameters: [{}] });
  const worlds = fc.sample(arbitrary, { numRuns: 20, seed: 6 });
  const here = worlds.map((world) => transcript(runCase({ definition: homesick }, world)));
  const elsewhere = transcriptsElsewhere(file, worlds);
  expect(elsewhere).toHaveLength(worlds.length);
  expect(elsewhere).not.toEqual(here);
});
