import type { WorkloadRequest } from '../request.ts';

/** Turns text into token ids. */
export type Tokenize = (text: string) => readonly number[];

/** The prompt of a row: how many tokens, and which where the row or its text says so. */
export type RowPrompt = Pick<WorkloadRequest, 'promptTokens' | 'promptTokenIds'>;

/**
 * What the prompt of a row is, or what is wrong with it: its token ids before its text, and without
 * a tokenizer the number of tokens that stands beside the text.
 */
export function rowPrompt(
  { promptText, promptTokens, promptTokenIds }: Partial<WorkloadRequest>,
  tokenize: Tokenize | undefined,
): RowPrompt | string {
  if (promptTokenIds !== undefined) return { promptTokens: promptTokenIds.length, promptTokenIds };
  if (promptText === undefined || tokenize === undefined) {
    if (promptTokens !== undefined) return { promptTokens };
    return (
      'promptText alone needs a tokenizer, and there is none; ' +
      'name a checkpoint as the model, or give promptTokens beside it'
    );
  }
  const made = tokenize(promptText);
  if (made.length === 0) {
    return `promptText is ${JSON.stringify(promptText)}, which has no token; a prompt has at least 1`;
  }
  return promptTokens === undefined || promptTokens === made.length
    ? { promptTokens: made.length, promptTokenIds: made }
    : `promptTokens is ${promptTokens}, but the tokenizer makes ${made.length} of promptText; ` +
        'leave promptTokens out, or give promptTokenIds';
}
