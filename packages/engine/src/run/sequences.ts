import { invariant, type SequenceId } from '@flover/policy';
import { syntheticPrompt, type WorkloadRequest } from '@flover/workload';
import type { NativeSequence } from '../addon-types.ts';
import type { EngineModel } from '../model.ts';
import { nativeSampling } from '../sampling.ts';

/** Made-up prompts are drawn from this seed and replication, so every policy sees the same ones. */
export interface PromptSeed {
  readonly seed: number;
  readonly replication: number;
}

/** The sequences of an admitted request as the engine shall know them. */
export function sequencesOf(
  request: WorkloadRequest,
  firstSequence: SequenceId,
  model: EngineModel,
  seed: PromptSeed,
): NativeSequence[] {
  const prompt = promptOf(request, model.shape.vocabulary, seed);
  const sampling = nativeSampling(request, model.shape.vocabulary, model.endTokens);
  const { outputTokens, maxOutputTokens } = request;
  const hidden = outputTokens !== undefined && outputTokens < maxOutputTokens ? outputTokens : 0;
  return Array.from({ length: request.width }, (_, index) => ({
    id: firstSequence + index,
    groupFirst: firstSequence,
    groupIndex: index,
    groupWidth: request.width,
    group: request.group,
    prompt,
    maxOutputTokens,
    hiddenOutputTokens: hidden,
    sampling,
  }));
}

/** The prompt's token ids: those that the request brings, else made from the seed. */
export function promptOf(
  request: WorkloadRequest,
  vocabulary: number,
  { seed, replication }: PromptSeed,
): Int32Array {
  const { promptTokenIds, promptTokens } = request;
  if (promptTokenIds !== undefined) {
    invariant(
      promptTokenIds.length === promptTokens,
      () =>
        `request ${request.id} has ${promptTokenIds.length} token ids and promptTokens ${promptTokens}`,
    );
    return Int32Array.from(promptTokenIds);
  }
  const stream = request.promptStream ?? request.id;
  return syntheticPrompt(seed, replication, stream, promptTokens, vocabulary);
}
