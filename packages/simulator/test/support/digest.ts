import { createHash } from 'node:crypto';
import { modelNamed } from '@flover/trace';
import { createSource } from '@flover/workload';
import { RooflineCostModel } from '../../src/cost-models/roofline.ts';
import { deviceNamed } from '../../src/devices.ts';
import { record, schedulerConfig } from './run.ts';

/** SHA-256 of the whole trace of a run of 300 random requests, some of which give up. */
export function traceDigest(policy: string, seed: number): string {
  const source = createSource(
    {
      kind: 'synthetic',
      requests: 300,
      arrivals: { kind: 'poisson', requestsPerSecond: 20 },
      prompt: { kind: 'log-normal', medianTokens: 100, sigma: 1, maxTokens: 900 },
      output: { kind: 'uniform', minTokens: 1, maxTokens: 60 },
      outputLimit: { tokens: 64 },
      cancels: { share: 0.1, minAfterMs: 1, maxAfterMs: 500 },
    },
    { seed },
  );
  const device = deviceNamed('a100-80gb');
  const model = new RooflineCostModel({ device, shape: modelNamed('llama-7b'), dataType: 'f16' });
  const config = schedulerConfig(policy, {
    memory: { kind: 'paged', blocks: 120, blockTokens: 16, hostBlocks: 64 },
    planAhead: 1,
  });
  const { records } = record(config, source, model);
  return createHash('sha256').update(JSON.stringify(records)).digest('hex');
}
