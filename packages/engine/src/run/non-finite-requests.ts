import { FloverError, type RequestId } from '@flover/policy';
import type { DataType } from '@flover/trace';
import type { UndrawnToken } from './completion.ts';

const MOST_NAMED = 8;

/** Requests that were cancelled because the model has no probabilities for their next token. */
export class NonFiniteRequests {
  readonly #requests: RequestId[] = [];
  #first: UndrawnToken | undefined;

  add(request: RequestId, token: UndrawnToken): void {
    this.#first ??= token;
    this.#requests.push(request);
  }

  /** Throws `logits-not-finite` where there are any. */
  check(dataType: DataType): void {
    if (this.#first === undefined) return;
    const { position, logit } = this.#first;
    const [request, ...others] = this.#requests;
    throw new FloverError(
      'logits-not-finite',
      `request ${request} was given up: the logits of its token at position ` +
        `${position}, counted from 0 with the prompt, hold ${written(logit)}, so that none can be ` +
        `drawn${likewise(others)}`,
      hintFor(dataType),
    );
  }
}

function written(logit: number): string {
  return logit === Number.NEGATIVE_INFINITY ? 'nothing but -Infinity' : String(logit);
}

function likewise(others: readonly RequestId[]): string {
  if (others.length === 0) return '';
  const named = others.slice(0, MOST_NAMED).join(', ');
  const rest = others.length > MOST_NAMED ? ', ...' : '';
  return `; likewise ${others.length} more (${named}${rest})`;
}

function hintFor(dataType: DataType): string {
  return dataType === 'f16'
    ? 'a number has become larger than f16 can hold on its way through the model: set dataType to bf16 or f32'
    : 'the weights may be damaged, or belong to another config: compare both with their source';
}
