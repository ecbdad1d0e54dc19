import { type FloverError, nearest } from '@flover/policy';
import { modelNamed, models } from '@flover/trace';
import { createSource } from '@flover/workload';
import { cellsOf } from '../cells.ts';
import { checkMemory } from './check-memory.ts';
import { checkPolicies } from './check-policies.ts';
import { checkRanks } from './check-ranks.ts';
import type { LoadedExperiment } from './load.ts';

import { specProblem } from './problems.ts';

/** What a schema cannot see: values that contradict each other. */
export function checkSpec(experiment: LoadedExperiment): void {
  const { spec, source } = experiment;
  const { model, workload } = spec;
  if ((model.shape === undefined) === (model.checkpoint === undefined)) {
    throw specProblem(source, ['model'], 'give either a shape or a checkpoint folder, not both');
  }
  if (model.shape !== undefined) checkShape(model.shape, { spec, source });
  if (workload.kind === 'synthetic') checkLengths({ spec, source });
  checkPolicies(experiment);
  checkWorkload(experiment);
  checkMemory(experiment);
  checkRanks(experiment);
}

/** The source itself refuses what it cannot draw or read; here it gets its line. */
function checkWorkload(experiment: LoadedExperiment): void {
  const { workload, seed } = cellsOf(experiment)[0];
  try {
    createSource(workload, { seed, folder: experiment.folder });
  } catch (error) {
    const { message, hint } = error as FloverError;
    throw specProblem(experiment.source, ['workload'], message, hint);
  }
}

type Checked = Pick<LoadedExperiment, 'spec' | 'source'>;

function checkShape(name: string, { spec, source }: Checked): void {
  const known = models.map((m) => m.name);
  if (!known.includes(name)) {
    const near = nearest(name, known);
    throw specProblem(
      source,
      ['model', 'shape'],
      `no model is called '${name}'${near ? `; did you mean '${near}'?` : ''}`,
      `Known: ${known.join(', ')}.`,
    );
  }
  const shape = modelNamed(name);
  if (spec.limits.maxSequenceTokens > shape.maxPositions) {
    throw specProblem(
      source,
      ['limits', 'maxSequenceTokens'],
      `${spec.limits.maxSequenceTokens} tokens, but ${name} has ${shape.maxPositions} positions`,
      `Allowed: 2 to ${shape.maxPositions}.`,
    );
  }
}

function checkLengths({ spec, source }: Checked): void {
  const workload = spec.workload;
  if (workload.kind !== 'synthetic') return;
  const both = workload.prompt !== undefined && workload.output !== undefined;
  if (both === (workload.lengths !== undefined)) {
    throw specProblem(
      source,
      ['workload'],
      "give 'prompt' and 'output' lengths, or 'lengths' for both at once",
    );
  }
  for (const part of ['prompt', 'output'] as const) {
    const lengths = workload[part];
    if (lengths?.kind === 'uniform' && lengths.minTokens > lengths.maxTokens) {
      throw specProblem(
        source,
        ['workload', part, 'minTokens'],
        `${lengths.minTokens} is more than maxTokens (${lengths.maxTokens})`,
      );
    }
  }
  if (workload.tooLong === 'truncate') return;
  const longest = longestTokens(workload.prompt) + longestTokens(workload.output);
  if (longest > spec.limits.maxSequenceTokens) {
    throw specProblem(
      source,
      ['workload', 'prompt'],
      `prompt and output can be ${longest} tokens together, but a sequence holds ` +
        `${spec.limits.maxSequenceTokens} (limits.maxSequenceTokens)`,
      'Shorten the lengths, raise limits.maxSequenceTokens, or write tooLong: truncate.',
    );
  }
}

interface Lengths {
  readonly kind: string;
  readonly tokens?: number | readonly number[] | undefined;
  readonly maxTokens?: number | undefined;
}

function longestTokens(lengths: Lengths | undefined): number {
  if (lengths === undefined) return 0;
  if (typeof lengths.tokens === 'number') return lengths.tokens;
  if (lengths.tokens !== undefined) return Math.max(...lengths.tokens);
  return lengths.maxTokens ?? 0;
}
