import { FloverError } from '@flover/policy';
import { sourceOf } from '../cell-source.ts';
import { cellsOf } from '../cells.ts';
import type { LoadedExperiment } from './load.ts';
import { type PlacedPart, partsOf } from './parts.ts';
import { specProblem } from './problems.ts';

/** What must hold of a workload, or of each part of a mix. */
export function checkWorkload(experiment: LoadedExperiment): void {
  for (const part of partsOf(experiment.spec.workload)) {
    checkLengths(experiment, part);
    checkPart(experiment, part);
  }
}

/** Lengths are given once, and the longest of them fit a sequence. */
function checkLengths({ spec, source }: LoadedExperiment, { part: workload, path }: PlacedPart) {
  const { limits } = spec;
  if (workload.kind !== 'synthetic') return;
  const both = workload.prompt !== undefined && workload.output !== undefined;
  const one = workload.prompt !== undefined || workload.output !== undefined;
  if (both === (workload.lengths !== undefined) || one !== both) {
    throw specProblem(
      source,
      path,
      "give 'prompt' and 'output' lengths, or 'lengths' for both at once",
    );
  }
  for (const key of ['prompt', 'output'] as const) {
    const given = workload[key];
    if (
      given?.kind !== 'empirical' ||
      (given.tokens === undefined) !== (given.path === undefined)
    ) {
      continue;
    }
    const message = "give either a list of 'tokens' or a 'path', not both";
    throw specProblem(source, [...path, key], message);
  }
  if (workload.tooLong === 'truncate') return;
  const { lengths } = workload;
  const [at, longest] =
    lengths === undefined
      ? ['prompt', longestTokens(workload.prompt) + longestTokens(workload.output)]
      : [
          'lengths',
          lengths.kind === 'pairs' ? Math.max(...lengths.pairs.map(([p, o]) => p + o)) : 0,
        ];
  if (longest <= limits.maxSequenceTokens) return;
  throw specProblem(
    source,
    [...path, at],
    `prompt and output can be ${longest} tokens together, but a sequence holds ` +
      `${limits.maxSequenceTokens} (limits.maxSequenceTokens)`,
    'Shorten the lengths, raise limits.maxSequenceTokens, or write tooLong: truncate.',
  );
}

/** Bounds are in order, a request has room, and penalties do not contradict each other. */
function checkPart(
  { spec, source }: LoadedExperiment,
  { part: workload, path: place }: PlacedPart,
) {
  const { limits } = spec;
  const problem = (path: readonly string[], message: string, hint?: string) =>
    specProblem(source, [...place, ...path], message, hint);
  for (const [path, low, high] of BOUNDS) {
    const at = path.reduce<unknown>((value, key) => (value as never)?.[key], workload);
    const { [low]: from, [high]: until } = (at ?? {}) as Record<string, number | undefined>;
    if (from === undefined || until === undefined || from <= until) continue;
    throw problem([...path, low], `${from} is more than ${high} (${until})`);
  }
  if (workload.kind !== 'synthetic') return;
  const { width = 1, sampling } = workload;
  if (width > limits.maxSequences) {
    const room = `${limits.maxSequences} are alive at once (limits.maxSequences)`;
    throw problem(['width'], `a request has ${width} sequences, but ${room}`);
  }
  if (sampling?.repetitionPenalty !== undefined && sampling.presencePenalty !== undefined) {
    const message = 'a repetitionPenalty is given as well';
    throw problem(['sampling', 'presencePenalty'], message, 'Choose one of the two.');
  }
}

/** Where the workload has two bounds: the lower one, the upper one. */
const BOUNDS: readonly (readonly [readonly string[], string, string])[] = [
  [['prompt'], 'minTokens', 'maxTokens'],
  [['output'], 'minTokens', 'maxTokens'],
  [['cancels'], 'minAfterMs', 'maxAfterMs'],
  [['window'], 'fromSeconds', 'toSeconds'],
  [['lengths', 'window'], 'fromSeconds', 'toSeconds'],
];

/** The source itself refuses what it cannot draw or read; here it gets its line. */
export function checkSource(experiment: LoadedExperiment): void {
  for (const { part, path } of partsOf(experiment.spec.workload)) {
    // Each alone, so that what is wrong has its own line.
    const alone = { ...experiment, spec: { ...experiment.spec, workload: part } };
    try {
      sourceOf(alone, cellsOf(alone)[0]);
    } catch (error) {
      if (!(error instanceof FloverError)) throw error;
      throw specProblem(experiment.source, path, error.message, error.hint);
    }
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
