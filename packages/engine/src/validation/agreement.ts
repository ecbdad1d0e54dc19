import type { SchedulerConfig } from '@flover/policy';
import fc from 'fast-check';
import type { Engine } from '../engine.ts';
import { follow } from './follow.ts';
import { type Cases, checkProperty } from './property.ts';
import type { CheckResult } from './result.ts';
import { nameOf, type TestModel, type ValidationTarget, withEngine } from './target.ts';

/** Largest difference of a logit, relative to the largest logit. */
export const TOLERANCE = { f32: 1e-4, f16: 1e-2, bf16: 1e-2 } as const;

const config: SchedulerConfig = {
  policy: { name: 'sequential', parameters: {} },
  memory: { kind: 'slots', slots: 1 },
  maxSequences: 1,
  maxSequenceTokens: 320,
  planAhead: 0,
};

interface Prompt {
  readonly prompt: readonly number[];
  readonly outputTokens: number;
}

/** The same weights on another backend give the same logits within a tolerance, f32 the same tokens. */
export function checkAgreement(
  target: ValidationTarget,
  reference: ValidationTarget,
  subject: TestModel,
  cases: Cases,
): CheckResult {
  const { shape, dataType } = subject;
  const allowed = TOLERANCE[dataType];
  const exact = dataType === 'f32' ? ', greedy tokens are equal' : '';
  let worst = 0;
  let compared = 0;
  const onto = (engine: Engine, other: Engine) =>
    checkProperty<Prompt>({
      check: 'agreement',
      subject: `${nameOf(subject)}, ${target.backend} with ${reference.backend}`,
      claim: `logits agree within ${allowed} of the largest${exact}`,
      ...cases,
      ...(target.signal ? { signal: target.signal } : {}),
      worlds: promptArbitrary(shape.vocabulary),
      branches: ['more than 256 tokens of context', 'one token'],
      wrong({ prompt, outputTokens }, note) {
        if (prompt.length + outputTokens > 256) note(['more than 256 tokens of context']);
        if (prompt.length === 1) note(['one token']);
        const expected = follow(other, prompt, outputTokens);
        try {
          let k = 0;
          for (const actual of follow(engine, prompt, outputTokens)) {
            const wanted = expected.next().value!;
            const error = relativeError(actual.logits, wanted.logits);
            worst = Math.max(worst, error);
            compared += 1;
            if (!(error <= allowed)) {
              return `logits of output token ${k} differ by ${error}, allowed ${allowed}`;
            }
            if (actual.token !== wanted.token) {
              // In 16 bits two tokens may be as good as equal; what follows cannot be compared.
              if (dataType !== 'f32') return undefined;
              return `output token ${k} is ${actual.token}, the reference has ${wanted.token}`;
            }
            k += 1;
          }
          return undefined;
        } finally {
          expected.return();
        }
      },
    });
  const result = withEngine(target, subject, config, (engine) =>
    withEngine(reference, subject, config, (other) => onto(engine, other)),
  );
  const measured = `largest relative difference ${worst.toExponential(2)} over ${compared} tokens`;
  return result.verdict === 'passed' ? { ...result, detail: measured } : result;
}

function promptArbitrary(vocabulary: number): fc.Arbitrary<Prompt> {
  const token = fc.integer({ min: 0, max: vocabulary - 1 });
  const prompts = fc.oneof(
    { weight: 1, arbitrary: fc.array(token, { minLength: 1, maxLength: 1 }) },
    { weight: 4, arbitrary: fc.array(token, { minLength: 1, maxLength: 40, size: 'max' }) },
    { weight: 3, arbitrary: fc.array(token, { minLength: 200, maxLength: 300, size: 'max' }) },
  );
  return fc.record({ prompt: prompts, outputTokens: fc.integer({ min: 1, max: 16 }) });
}

/** The largest difference, relative to the largest magnitude; infinite where a value is no number. */
export function relativeError(actual: Float32Array, expected: Float32Array): number {
  let scale = 0;
  let worst = 0;
  for (let i = 0; i < expected.length; i++) {
    const difference = Math.abs(actual[i]! - expected[i]!);
    scale = Math.max(scale, Math.abs(expected[i]!));
    worst = Math.max(worst, Number.isFinite(difference) ? difference : Infinity);
  }
  return actual.length === expected.length ? worst / scale : Infinity;
}
