import type { PolicyDefinition } from '../policy.ts';
import { checkLaws } from './check-laws.ts';
import type { CheckOptions } from './law-report.ts';
import { laws } from './laws/index.ts';

/** The two functions of a test runner that the suite needs; those of vitest and Jest fit. */
export interface TestRunner {
  describe(name: string, body: () => void): void;
  it(name: string, body: () => void): void;
}

/**
 * One test for each law, for use in a test file of one's own:
 * `lawSuite(definition, { describe, it })`. A failed test's message is the shrunk counterexample.
 */
export function lawSuite(
  definition: PolicyDefinition,
  { describe, it }: TestRunner,
  options: CheckOptions = {},
): void {
  describe(`laws of ${definition.name}`, () => {
    for (const law of laws) {
      it(`${law.name}: ${law.statement}`, () => {
        const [result] = checkLaws(definition, { ...options, only: [law.name] }).results;
        if (result?.verdict !== 'failed') return;
        const again = `seed ${result.seed}, path ${JSON.stringify(result.path)}`;
        throw new Error(`${result.counterexample!.text}\n\nto see it again: ${again}`);
      });
    }
  });
}
