import type { FloverError } from '@flover/policy';

/** An experiment file with nothing wrong in it. */
export const soundExperiment = `name: example
model:
  shape: llama-15m
  dataType: f32
limits:
  maxSequences: 4
  maxSequenceTokens: 64
policies:
  - temporal-fusion
workload:
  kind: synthetic
  requests: 3
  arrivals: { kind: constant, intervalMs: 10 }
  prompt: { kind: fixed, tokens: 8 }
  output: { kind: fixed, tokens: 8 }
`;

/** The error with which something is refused. */
export function refusalOf(act: () => unknown): FloverError {
  try {
    act();
  } catch (error) {
    return error as FloverError;
  }
  throw new Error('it was accepted');
}
