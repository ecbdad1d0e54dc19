import { readFileSync } from 'node:fs';
import { expect, it } from 'vitest';
import { admitsLastFirst } from './broken/admits-last-first.ts';
import { checkLaws } from './check-laws.ts';
import { laws } from './laws/index.ts';

const page = readFileSync(new URL('../../../../docs/invariants.md', import.meta.url), 'utf8');

it.each(laws)('docs/invariants.md states the law $name', ({ name, statement }) => {
  expect(page).toContain(`\`${name}\``);
  if (!statement.startsWith('If the policy claims it')) expect(page).toContain(statement);
});

it('docs/invariants.md shows a counterexample as it really is', () => {
  const { definition, law } = admitsLastFirst;
  const { results } = checkLaws(definition, { numRuns: 1000, only: [law] });
  expect(page).toContain(results[0]!.counterexample!.text);
});
