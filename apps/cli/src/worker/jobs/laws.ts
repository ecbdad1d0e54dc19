import { loadPolicyFile } from '@flover/experiment';
import { FloverError, type PolicyDefinition } from '@flover/policy';
import { checkLaws } from '@flover/policy/testing';
import { guardPolicy } from '../guard.ts';
import type { LawsJob, LawVerdict } from '../job.ts';
import type { JobContext } from '../worker.ts';

/** Attacks a policy file with every law that binds it. */
export async function lawsJob(job: LawsJob, { signal, send }: JobContext): Promise<LawVerdict[]> {
  const { definition } = await loadPolicyFile(job.policyFile);
  for (const given of job.parameters) checkNames(definition, given);
  send({ kind: 'line', text: `${definition.name}: ${job.cases} worlds` });
  const note = smallWorldsNote(definition, job.parameters);
  if (note !== undefined) send({ kind: 'line', text: note });
  const report = checkLaws(guardPolicy(definition, signal), {
    numRuns: job.cases,
    parameters: job.parameters,
    ...(job.seed === undefined ? {} : { seed: job.seed }),
  });
  return report.results.map(({ law, statement, verdict, cases, seed, counterexample }) => ({
    law,
    statement,
    verdict,
    cases,
    seed,
    ...(counterexample === undefined ? {} : { counterexample: counterexample.text }),
  }));
}

/** Which numbers kept their defaults, and that these may be too large to matter in a law's world. */
function smallWorldsNote(
  { parameters }: PolicyDefinition,
  given: LawsJob['parameters'],
): string | undefined {
  const kept = Object.entries(parameters).filter(
    ([name, value]) => typeof value === 'number' && given.some((each) => !(name in each)),
  );
  if (kept.length === 0) return undefined;
  const [first] = kept[0]!;
  return (
    `Defaults: ${kept.map(([name, value]) => `${name} ${value}`).join(', ')}. The worlds are tiny: ` +
    'up to 7 requests, prompts and outputs of 1 to 8 tokens, works of 1 to 9 ns. ' +
    `Try numbers that matter there as well: --parameters '{"${first}": 4}'`
  );
}

function checkNames({ name, parameters }: PolicyDefinition, given: object): void {
  const known = Object.keys(parameters);
  const strange = Object.keys(given).find((key) => !known.includes(key));
  if (strange === undefined) return;
  throw new FloverError(
    'unknown-parameter',
    `policy '${name}' has no parameter '${strange}'; it has: ${known.join(', ') || 'none'}`,
    'Name one that its definition lists.',
  );
}
