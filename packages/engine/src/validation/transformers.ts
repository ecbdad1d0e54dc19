import type { SchedulerConfig } from '@flover/policy';
import { readConfig } from '../checkpoint/config.ts';
import type { Engine } from '../engine.ts';
import { limitsFor } from '../limits.ts';
import { undivided } from '../world.ts';
import { relativeError, TOLERANCE } from './agreement.ts';
import { follow } from './follow.ts';
import type { LogitsReference, ReferenceCase } from './references.ts';
import type { CheckResult } from './result.ts';
import type { ValidationTarget } from './target.ts';

interface Comparison {
  readonly wrong?: string;
  readonly worst: number;
  readonly compared: number;
}

/** A checkpoint's logits agree with those of `transformers`, token by token; f32 the same tokens. */
export function checkTransformers(
  target: ValidationTarget,
  reference: LogitsReference,
  seed: number,
): CheckResult {
  const why = undivided(readConfig(reference.checkpoint).shape, target.world?.size ?? 1);
  if (why !== undefined) return skipped(reference, why, seed);
  const { name, checkpoint, dataType, cases, device, by } = reference;
  const exact = dataType === 'f32' ? ', greedy tokens are equal' : '';
  const longest = Math.max(...cases.map(({ prompt, tokens }) => prompt.length + tokens.length));
  const model = { kind: 'checkpoint', folder: checkpoint, dataType } as const;
  const limits = limitsFor(configFor(longest), 1);
  const engine = target.open({ model, backend: target.backend, limits });
  let seen: Comparison[];
  try {
    seen = cases.map((one, i) => compare(engine, one, dataType, i));
  } finally {
    engine.close();
  }
  const wrong = seen.flatMap((one) => one.wrong ?? []);
  const worst = Math.max(...seen.map((one) => one.worst));
  const compared = seen.reduce((sum, one) => sum + one.compared, 0);
  const told = `largest relative difference ${worst.toExponential(2)} over ${compared} tokens`;
  return {
    check: 'transformers',
    subject: `${name} ${dataType}, ${target.backend} with transformers on ${device}`,
    claim: `logits agree within ${TOLERANCE[dataType]} of the largest${exact}`,
    verdict: wrong.length === 0 ? 'passed' : 'failed',
    cases: cases.length,
    seed,
    detail: [`${told} (${by})`, ...wrong].join('\n'),
    measured: { largestRelativeDifference: worst, tokensCompared: compared },
    seen: {},
    unseen: [],
  };
}

/** Ranks that cannot share a checkpoint show nothing of it. */
function skipped({ name, dataType }: LogitsReference, why: string, seed: number): CheckResult {
  return {
    check: 'transformers',
    subject: `${name} ${dataType}`,
    claim: 'logits agree',
    verdict: 'skipped',
    cases: 0,
    seed,
    detail: why,
    seen: {},
    unseen: [],
  };
}

function configFor(maxSequenceTokens: number): SchedulerConfig {
  return {
    policy: { name: 'sequential', parameters: {} },
    memory: { kind: 'slots', slots: 1 },
    maxSequences: 1,
    maxSequenceTokens,
    planAhead: 0,
  };
}

function compare(
  engine: Engine,
  { prompt, tokens, logits }: ReferenceCase,
  dataType: LogitsReference['dataType'],
  number: number,
): Comparison {
  const allowed = TOLERANCE[dataType];
  let worst = 0;
  let k = 0;
  for (const actual of follow(engine, prompt, tokens.length)) {
    const error = relativeError(actual.logits, logits(k));
    worst = Math.max(worst, error);
    const where = `case ${number}, output token ${k}`;
    if (!(error <= allowed)) {
      return { wrong: `${where}: logits differ by ${error}`, worst, compared: k + 1 };
    }
    if (actual.token !== tokens[k]) {
      // In 16 bits two tokens may be as good as equal; what follows cannot be compared.
      if (dataType !== 'f32') return { worst, compared: k + 1 };
      const wrong = `${where} is ${actual.token}, transformers has ${tokens[k]}`;
      return { wrong, worst, compared: k + 1 };
    }
    k += 1;
  }
  return { worst, compared: k };
}
