import { FloverError } from '@flover/policy';
import type { SamplingParameters, WorkloadRequest } from '@flover/workload';
import type { NativeSampling } from './addon-types.ts';

/** Below it logits divided by the temperature could leave the range of fp32. */
const LEAST_TEMPERATURE = 1e-6;

/** Counts are 32-bit integers on the native side. */
const MOST_COUNT = 2 ** 31 - 1;

/**
 * The native parameters of a request's sampling, every default filled in.
 *
 * A request whose true output length is given ends there and not at the model's own end tokens,
 * unless it names end tokens itself. Throws `sampling-invalid`, naming the request and the field.
 */
export function nativeSampling(
  request: WorkloadRequest,
  vocabulary: number,
  modelEndTokens: readonly number[],
): NativeSampling {
  const given = request.sampling ?? {};
  const check = new Check(request, vocabulary);
  const endTokens = request.outputTokens === undefined ? modelEndTokens : [];
  const sampling = {
    temperature: check.temperature(given.temperature ?? 0),
    topK: check.number('topK', given.topK ?? 0, 0),
    topP: check.topP(given.topP ?? 1),
    minOutputTokens: check.number('minOutputTokens', given.minOutputTokens ?? 0, 0),
    repetitionPenalty: check.positive('repetitionPenalty', given.repetitionPenalty ?? 1),
    presencePenalty: check.number('presencePenalty', given.presencePenalty ?? 0),
    lengthPenalty: check.number('lengthPenalty', given.lengthPenalty ?? 1),
    diversity: check.number('diversity', given.diversity ?? 0, 0),
    seed: check.number('seed', given.seed ?? 0, 0),
    logProbs: given.logProbs ?? false,
    endTokens: check.tokens('endTokens', given.endTokens ?? endTokens),
    stop: check.sequences('stop', given.stop ?? []),
    badWords: check.sequences('badWords', given.badWords ?? []),
  };
  for (const name of ['topK', 'minOutputTokens'] as const)
    check.whole(name, sampling[name], MOST_COUNT);
  check.whole('seed', sampling.seed, Number.MAX_SAFE_INTEGER);
  check.together(given);
  return sampling;
}

class Check {
  readonly #request: WorkloadRequest;
  readonly #vocabulary: number;

  constructor(request: WorkloadRequest, vocabulary: number) {
    this.#request = request;
    this.#vocabulary = vocabulary;
  }

  fail(name: string, seen: unknown, allowed: string): never {
    throw new FloverError(
      'sampling-invalid',
      `request ${this.#request.id}: sampling.${name} is ${JSON.stringify(seen)}; allowed: ${allowed}`,
    );
  }

  number(name: string, value: number, atLeast = -Infinity): number {
    if (Number.isFinite(value) && value >= atLeast) return value;
    const allowed = Number.isFinite(atLeast) ? `a number of at least ${atLeast}` : 'a number';
    return this.fail(name, value, allowed);
  }

  positive(name: string, value: number): number {
    return Number.isFinite(value) && value > 0 ? value : this.fail(name, value, 'a number above 0');
  }

  whole(name: string, value: number, most: number): void {
    if (Number.isInteger(value) && value <= most) return;
    this.fail(name, value, `a whole number from 0 to ${most}`);
  }

  temperature(value: number): number {
    if (value === 0 || (Number.isFinite(value) && value >= LEAST_TEMPERATURE)) return value;
    const allowed = `0 (greedy) or a number of at least ${LEAST_TEMPERATURE}`;
    return this.fail('temperature', value, allowed);
  }

  topP(value: number): number {
    return value > 0 && value <= 1 ? value : this.fail('topP', value, 'above 0, at most 1');
  }

  tokens(name: string, value: readonly number[]): number[] {
    const valid = (id: number) => Number.isInteger(id) && id >= 0 && id < this.#vocabulary;
    if (value.every(valid)) return [...value];
    return this.fail(name, value, `token ids from 0 to ${this.#vocabulary - 1}`);
  }

  sequences(name: string, value: readonly (readonly number[])[]): number[][] {
    if (value.some((entry) => entry.length === 0)) this.fail(name, value, 'no empty sequence');
    return value.map((entry) => this.tokens(name, entry));
  }

  /** What contradicts itself. */
  together(given: SamplingParameters): void {
    if ((given.repetitionPenalty ?? 1) !== 1 && (given.presencePenalty ?? 0) !== 0) {
      this.fail('presencePenalty', given.presencePenalty, '0 beside a repetitionPenalty');
    }
    if (this.#request.group === 'beams' && (given.temperature ?? 0) !== 0) {
      this.fail('temperature', given.temperature, '0 with beam search, which draws nothing');
    }
  }
}
