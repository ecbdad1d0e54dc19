import type { SchedulerConfig } from '@flover/policy';
import type { SequenceOutput } from '../run/book.ts';
import { branchesOf, crowdBranch, rareBranches } from './branches.ts';
import type { Extent } from './extent.ts';
import { EnginePool } from './pool.ts';
import { type Cases, checkProperty } from './property.ts';
import type { CheckResult } from './result.ts';
import { type Outputs, serve } from './serve.ts';
import { nameOf, type TestModel, type ValidationTarget } from './target.ts';
import { type World, worldArbitrary } from './worlds.ts';

/** A request has the same tokens and log-probabilities, bit for bit, alone and in any company. */
export function checkBits(
  target: ValidationTarget,
  subject: TestModel,
  extent: Extent,
  cases: Cases,
): CheckResult {
  const pool = new EnginePool(target, subject);
  const { signal } = target;
  try {
    return checkProperty<World>({
      check: 'bits',
      subject: `${nameOf(subject)}, ${extent.name}`,
      claim: 'a request has the same bits alone and in any company',
      ...cases,
      ...(signal ? { signal } : {}),
      worlds: worldArbitrary(extent, false),
      branches: extent.maxSequences >= 64 ? [...rareBranches, crowdBranch] : rareBranches,
      wrong({ config, requests }, note) {
        const fused = pool.use(config, 2, (engine) => serve(engine, config, requests, signal));
        note(branchesOf(config, fused.sink.records));
        const served = requests.filter((request) => fused.outputs.has(request.id));
        const single = aloneConfig(extent);
        const alone = pool.use(single, 1, (engine) => serve(engine, single, served, signal));
        return firstDifference(fused.outputs, alone.outputs);
      },
    });
  } finally {
    pool.close();
  }
}

/** One request after the other, each in a slot of its own; on one thread: no company at all. */
export function aloneConfig({ maxSequences, maxSequenceTokens }: Extent): SchedulerConfig {
  return {
    policy: { name: 'sequential', parameters: {} },
    memory: { kind: 'slots', slots: maxSequences },
    maxSequences,
    maxSequenceTokens,
    planAhead: 0,
  };
}

/** What differs between requests in company and alone, or undefined. */
export function firstDifference(fused: Outputs, alone: Outputs): string | undefined {
  for (const [id, sequences] of fused) {
    const single = alone.get(id);
    if (single?.length !== sequences.length) {
      return `request ${id}: ${sequences.length} sequences in company, ${single?.length} alone`;
    }
    for (const [i, inCompany] of sequences.entries()) {
      const difference = differenceOf(inCompany, single[i]!);
      if (difference) return `request ${id}, sequence ${i}: ${difference}`;
    }
  }
  return undefined;
}

function differenceOf(company: SequenceOutput, alone: SequenceOutput): string | undefined {
  const tokens = Math.max(company.tokens.length, alone.tokens.length);
  for (let k = 0; k < tokens; k++) {
    if (company.tokens[k] !== alone.tokens[k]) {
      return `token ${k} is ${company.tokens[k]} in company, ${alone.tokens[k]} alone`;
    }
    if (!Object.is(company.logProbs[k], alone.logProbs[k])) {
      return `log-probability ${k} is ${company.logProbs[k]} in company, ${alone.logProbs[k]} alone`;
    }
  }
  if (Object.is(company.score, alone.score)) return undefined;
  return `the score is ${company.score} in company, ${alone.score} alone`;
}
