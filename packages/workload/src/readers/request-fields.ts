import { isTenant, TENANT_NAME } from '../checks.ts';
import { isRecord } from '../files/json-line.ts';
import {
  anyNumber,
  anyWhole,
  checkFields,
  type FieldChecks,
  numberAbove,
  numberFrom,
  oneOf,
  someText,
  tokenIds,
  tokenLists,
  trueOrFalse,
  wholeFrom,
} from './fields.ts';

const samplingFields: FieldChecks = {
  temperature: numberFrom(0),
  topK: wholeFrom(0),
  topP: numberAbove(0, 1),
  minOutputTokens: wholeFrom(0),
  repetitionPenalty: numberAbove(0),
  presencePenalty: anyNumber,
  stop: tokenLists,
  badWords: tokenLists,
  endTokens: tokenIds,
  seed: wholeFrom(0),
  logProbs: trueOrFalse,
  lengthPenalty: anyNumber,
  diversity: anyNumber,
};

const requestFields: FieldChecks = {
  id: wholeFrom(0),
  arrivalNanos: wholeFrom(0),
  arrivalMs: numberFrom(0, Math.floor(Number.MAX_SAFE_INTEGER / 1e6)),
  promptTokens: wholeFrom(1),
  promptTokenIds: tokenIds,
  promptText: someText,
  maxOutputTokens: wholeFrom(1),
  outputTokens: wholeFrom(1),
  group: oneOf('single', 'samples', 'beams'),
  width: wholeFrom(1),
  sampling: (value) => (isRecord(value) ? undefined : 'an object'),
  cancelAfterNanos: wholeFrom(0),
  sourceName: someText,
  tenant: (value) => (isTenant(value) ? undefined : TENANT_NAME),
  priority: anyWhole,
  promptStream: someText,
};

/** What is wrong with a row of a request file, or nothing. */
export function requestProblem(row: unknown): string | undefined {
  if (row instanceof SyntaxError) return `not JSON: ${row.message}`;
  if (!isRecord(row)) return 'not a JSON object';
  const problem = checkFields(row, requestFields) ?? samplingProblem(row.sampling);
  if (problem !== undefined) return problem;
  if ((row.arrivalNanos === undefined) === (row.arrivalMs === undefined)) {
    return 'one of arrivalNanos and arrivalMs must be there';
  }
  if (row.maxOutputTokens === undefined) return 'maxOutputTokens is missing';
  return promptProblem(row) ?? outputProblem(row) ?? groupProblem(row);
}

function samplingProblem(sampling: unknown): string | undefined {
  if (!isRecord(sampling)) return undefined;
  const problem = checkFields(sampling, samplingFields, 'sampling.');
  if (problem !== undefined) return problem;
  const { repetitionPenalty, presencePenalty } = sampling;
  return repetitionPenalty !== undefined && presencePenalty !== undefined
    ? 'sampling has both repetitionPenalty and presencePenalty; choose one'
    : undefined;
}

function promptProblem(row: Record<string, unknown>): string | undefined {
  const ids = row.promptTokenIds as readonly number[] | undefined;
  const count = row.promptTokens;
  if (ids === undefined) {
    return count === undefined && row.promptText === undefined
      ? 'one of promptTokens, promptTokenIds and promptText must be there'
      : undefined;
  }
  if (ids.length === 0) return 'promptTokenIds is empty';
  return count !== undefined && count !== ids.length
    ? `promptTokens is ${count}, but promptTokenIds has ${ids.length}`
    : undefined;
}

function outputProblem(row: Record<string, unknown>): string | undefined {
  const output = row.outputTokens as number | undefined;
  const most = row.maxOutputTokens as number;
  return output !== undefined && output > most
    ? `outputTokens is ${output}, more than maxOutputTokens, ${most}`
    : undefined;
}

function groupProblem(row: Record<string, unknown>): string | undefined {
  const group = row.group ?? 'single';
  const width = row.width ?? 1;
  return (group === 'single') !== (width === 1)
    ? `group is '${group}' and width is ${width}; a single sequence has width 1, others more`
    : undefined;
}
