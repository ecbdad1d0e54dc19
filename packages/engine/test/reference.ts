import type { SamplingParameters } from '@flover/workload';
import { fixtureJson } from './fixtures.ts';

interface Beam {
  readonly tokens: number[];
  readonly score: number;
}

/** What `transformers` says of a committed checkpoint; made by tools/make-fixtures.py. */
export interface Reference {
  readonly logits: readonly { prompt: number[]; logits: number[] }[];
  readonly greedy: {
    readonly prompt: number[];
    readonly tokens: number[];
    readonly logProbs: number[];
    readonly lastLogits: number[];
  };
  readonly features: readonly {
    name: string;
    sampling: SamplingParameters;
    maxOutputTokens: number;
    tokens: number[];
  }[];
  readonly distributions: readonly {
    prompt: number[];
    sampling: SamplingParameters;
    probabilities: number[];
  }[];
  readonly beams: readonly {
    prompt: number[];
    width: number;
    lengthPenalty: number;
    maxOutputTokens: number;
    endTokens: number[];
    repetitionPenalty?: number;
    beams: Beam[];
  }[];
}

export function referenceOf(name: string): Reference {
  return fixtureJson<Reference>(name, 'reference.json');
}

/** The largest difference, relative to the largest magnitude of the expected values. */
export function relativeError(actual: ArrayLike<number>, expected: readonly number[]): number {
  let scale = 0;
  let worst = 0;
  for (let i = 0; i < expected.length; i++) {
    scale = Math.max(scale, Math.abs(expected[i]!));
    const difference = Math.abs(actual[i]! - expected[i]!);
    worst = Math.max(worst, Number.isFinite(difference) ? difference : Infinity);
  }
  return worst / scale;
}
