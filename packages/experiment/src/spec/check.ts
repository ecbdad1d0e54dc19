import { FloverError, nearest } from '@flover/policy';
import { devices } from '@flover/simulator';
import { type ModelShape, models } from '@flover/trace';
import { modelOf } from '../engine-source.ts';
import { checkMemory } from './check-memory.ts';
import { checkPolicies } from './check-policies.ts';
import { checkRanks } from './check-ranks.ts';
import { checkSource, checkWorkload } from './check-workload.ts';
import type { LoadedExperiment } from './load.ts';
import { specProblem } from './problems.ts';

/** What a schema cannot see: values that contradict each other. */
export function checkSpec(experiment: LoadedExperiment): void {
  checkModel(experiment);
  checkWorkload(experiment);
  checkPolicies(experiment);
  checkSource(experiment);
  checkPrediction(experiment);
  checkRanks(experiment);
}

/** The data sheet that is named exists, and what is to be kept on such a device fits it. */
export function checkPrediction(experiment: LoadedExperiment): void {
  const { costModel } = experiment.spec;
  if ('device' in costModel && costModel.device !== undefined) {
    const known = devices.map(({ name }) => name);
    mustBeKnown(experiment, ['costModel', 'device'], costModel.device, known, 'device');
  }
  checkMemory(experiment);
}

function checkModel(experiment: LoadedExperiment): void {
  const { spec, source } = experiment;
  const { shape: name, checkpoint } = spec.model;
  if ((name === undefined) === (checkpoint === undefined)) {
    throw specProblem(source, ['model'], 'give either a shape or a checkpoint folder, not both');
  }
  if (name !== undefined) {
    const known = models.map((model) => model.name);
    mustBeKnown(experiment, ['model', 'shape'], name, known, 'model');
  }
  const { maxPositions } = shapeOf(experiment);
  if (spec.limits.maxSequenceTokens <= maxPositions) return;
  throw specProblem(
    source,
    ['limits', 'maxSequenceTokens'],
    `${spec.limits.maxSequenceTokens} tokens, but ${name ?? checkpoint} has ${maxPositions} positions`,
    `Allowed: 2 to ${maxPositions}.`,
  );
}

/** A checkpoint that cannot be read gets its line. */
function shapeOf(experiment: LoadedExperiment): ModelShape {
  try {
    return modelOf(experiment).shape;
  } catch (error) {
    if (!(error instanceof FloverError)) throw error;
    throw specProblem(experiment.source, ['model', 'checkpoint'], error.message, error.hint);
  }
}

function mustBeKnown(
  { source }: LoadedExperiment,
  path: readonly string[],
  name: string,
  known: readonly string[],
  what: string,
): void {
  if (known.includes(name)) return;
  const near = known.find((other) => other.startsWith(name)) ?? nearest(name, known);
  const guess = near ? `; did you mean '${near}'?` : '';
  throw specProblem(
    source,
    path,
    `no ${what} is called '${name}'${guess}`,
    `Known: ${known.join(', ')}.`,
  );
}
