import type { PublishedComparison } from '@flover/metrics';
import { sourceCommit } from '../provenance.ts';
import { assumptions } from './assumptions.ts';
import { constantIntervalRows } from './constant-interval.ts';
import { PUBLISHED_DEVICE } from './cost-model.ts';
import { fitSingleRequest } from './fit.ts';
import { poissonRows } from './poisson.ts';
import { reorderingRows } from './reordering.ts';
import { publishedModels, tables } from './tables.ts';
import { tensorRtLlmRows } from './tensorrt-llm.ts';

/**
 * Predicts every published table from the times of single requests.
 *
 * @param draws seeds behind each number that arrivals or lengths make random, at least 1
 */
export function predictPublished(draws: number): PublishedComparison {
  const fits = publishedModels.map(fitSingleRequest);
  const [gptj, llama13b, , llama65b] = fits as [Fit, Fit, Fit, Fit];
  return {
    format: 'flover-published',
    version: 1,
    source: tables.source,
    createdAt: new Date().toISOString(),
    commit: sourceCommit(),
    device: PUBLISHED_DEVICE,
    seeds: draws,
    fits,
    rows: [
      ...fits.flatMap(constantIntervalRows),
      ...poissonRows(gptj, draws),
      ...[llama13b, llama65b].flatMap((fit) => reorderingRows(fit, draws)),
      ...tensorRtLlmRows(gptj, draws),
    ],
    assumptions,
  };
}

type Fit = ReturnType<typeof fitSingleRequest>;
