import { createScheduler, FloverError } from '@flover/policy';
import { cellsOf } from '../cells.ts';
import { policyLabel } from './label.ts';
import type { LoadedExperiment } from './load.ts';
import { specProblem } from './problems.ts';

/** Labels are unique, and every built-in policy takes its parameters and limits. */
export function checkPolicies(experiment: LoadedExperiment): void {
  const { spec, source } = experiment;
  const seen = new Set<string>();
  spec.policies.forEach((policy, index) => {
    const at = ['policies', index];
    const label = policyLabel(policy);
    if (label === undefined) throw specProblem(source, at, "give a 'name' or a 'file'");
    if (typeof policy !== 'string' && policy.name !== undefined && policy.file !== undefined) {
      throw specProblem(source, at, "give either a 'name' or a 'file', not both");
    }
    if (seen.has(label)) {
      const hint = "Give one of them a 'label'.";
      throw specProblem(source, at, `two policies are called '${label}'`, hint);
    }
    seen.add(label);
  });
  for (const cell of cellsOf(experiment)) {
    if (cell.policyFile !== undefined || cell.replication > 0) continue;
    try {
      createScheduler(cell.scheduler);
    } catch (error) {
      if (!(error instanceof FloverError)) throw error;
      const { message, hint } = error;
      const index = spec.policies.findIndex((policy) => policyLabel(policy) === cell.label);
      throw specProblem(source, ['policies', index], hint ? `${message}; ${hint}` : message);
    }
  }
}
