import { loadPolicyFile } from '@flover/experiment';
import { checkLaws } from '@flover/policy/testing';
import { guardPolicy } from '../guard.ts';
import type { LawsJob, LawVerdict } from '../job.ts';
import type { JobContext } from '../worker.ts';

/** Attacks a policy file with every law that binds it. */
export async function lawsJob(job: LawsJob, { signal, send }: JobContext): Promise<LawVerdict[]> {
  const { definition } = await loadPolicyFile(job.policyFile);
  send({ kind: 'line', text: `${definition.name}: ${job.cases} worlds` });
  const report = checkLaws(guardPolicy(definition, signal), {
    numRuns: job.cases,
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
