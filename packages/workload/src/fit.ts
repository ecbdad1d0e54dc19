import { FloverError } from '@flover/policy';
import { whole } from './checks.ts';
import type { OutputLimit, WorkloadCommon } from './config.ts';

/**
 * Makes a request's lengths fit the model and the output limit.
 *
 * Results stand in the three fields until the next call, so that a million requests allocate
 * nothing here.
 */
export class LengthFit {
  promptTokens = 0;
  outputTokens = 0;
  maxOutputTokens = 0;
  readonly #longest: number;
  readonly #limit: number;
  readonly #truncate: boolean;
  readonly #nameOf: (index: number) => string;

  /** `nameOf` names request `index` in errors. */
  constructor(
    common: WorkloadCommon,
    limit: OutputLimit | undefined,
    nameOf: (index: number) => string,
  ) {
    this.#longest =
      common.maxSequenceTokens === undefined
        ? Number.POSITIVE_INFINITY
        : whole(common.maxSequenceTokens, 'maxSequenceTokens', 2);
    this.#limit = typeof limit === 'object' ? whole(limit.tokens, 'outputLimit.tokens', 1) : 0;
    this.#truncate = common.tooLong === 'truncate';
    this.#nameOf = nameOf;
  }

  /** Throws FloverError 'request-too-long' unless truncation was asked for. */
  fit(index: number, promptTokens: number, outputTokens: number): void {
    let prompt = promptTokens;
    let output = this.#limit > 0 ? Math.min(outputTokens, this.#limit) : outputTokens;
    if (prompt + output > this.#longest) {
      if (!this.#truncate) throw this.#tooLong(index, prompt, output);
      prompt = Math.max(1, this.#longest - output);
      output = Math.min(output, this.#longest - prompt);
    }
    this.promptTokens = prompt;
    this.outputTokens = output;
    this.maxOutputTokens = this.#limit > 0 ? Math.min(this.#limit, this.#longest - prompt) : output;
  }

  #tooLong(index: number, prompt: number, output: number): FloverError {
    return new FloverError(
      'request-too-long',
      `${this.#nameOf(index)} has ${prompt} prompt and ${output} output tokens, ` +
        `${prompt + output} together; the model takes ${this.#longest}`,
      "choose a model with a longer context, or set tooLong: 'truncate' to shorten such requests",
    );
  }
}
