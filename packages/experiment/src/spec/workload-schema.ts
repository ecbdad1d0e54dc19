import { isTenant, TENANT_NAME } from '@flover/workload';
import { z } from 'zod';
import { sloSchema } from './slo-schema.ts';

const positive = z.number().gt(0);

const ratedSchema = { requestsPerSecond: positive.optional(), meanIntervalMs: positive.optional() };

/** Mirrors `ArrivalConfig` of `@flover/workload`. */
const arrivalsSchema = z.discriminatedUnion('kind', [
  z.strictObject({ kind: z.literal('constant'), intervalMs: z.number().min(0) }),
  z.strictObject({ kind: z.literal('poisson'), ...ratedSchema }),
  z.strictObject({ kind: z.literal('gamma'), coefficientOfVariation: positive, ...ratedSchema }),
  z.strictObject({
    kind: z.literal('bursts'),
    onMs: positive,
    offMs: z.number().min(0),
    onRequestsPerSecond: positive,
    offRequestsPerSecond: z.number().min(0).optional(),
    phases: z.enum(['fixed', 'exponential']).optional(),
  }),
  z.strictObject({ kind: z.literal('all-at-once'), atMs: z.number().min(0).optional() }),
  z.strictObject({ kind: z.literal('explicit'), timesNanos: z.array(z.int().min(0)).min(1) }),
  z.strictObject({
    kind: z.literal('closed-loop'),
    concurrency: z.int().min(1),
    thinkTimeMs: z.number().min(0),
    thinkTime: z.enum(['constant', 'exponential']).optional(),
  }),
]);

/** Mirrors `LengthConfig` of `@flover/workload`. */
const lengthSchema = z.discriminatedUnion('kind', [
  z.strictObject({ kind: z.literal('fixed'), tokens: z.int().min(1) }),
  z.strictObject({
    kind: z.literal('uniform'),
    minTokens: z.int().min(1),
    maxTokens: z.int().min(1),
  }),
  z.strictObject({
    kind: z.literal('log-normal'),
    medianTokens: positive,
    sigma: positive,
    minTokens: z.int().min(1).optional(),
    maxTokens: z.int().min(1).optional(),
  }),
  z.strictObject({
    kind: z.literal('empirical'),
    tokens: z.array(z.int().min(1)).min(1).optional(),
    path: z.string().optional(),
  }),
]);

const readSchema = {
  format: z.enum(['azure', 'burstgpt', 'mooncake', 'requests']),
  path: z.string(),
  limit: z.int().min(1).optional(),
  window: z.strictObject({ fromSeconds: z.number().min(0), toSeconds: positive }).optional(),
  scaleRateBy: positive.optional(),
  malformed: z.enum(['fail', 'skip']).optional(),
};

const samplingSchema = z.strictObject({
  temperature: z.number().min(0).optional(),
  topK: z.int().min(0).optional(),
  topP: positive.max(1).optional(),
  minOutputTokens: z.int().min(0).optional(),
  repetitionPenalty: positive.optional(),
  presencePenalty: z.number().optional(),
  stop: z.array(z.array(z.int().min(0)).min(1)).optional(),
  badWords: z.array(z.array(z.int().min(0)).min(1)).optional(),
  endTokens: z.array(z.int().min(0)).optional(),
  seed: z.int().min(0).optional(),
  logProbs: z.boolean().optional(),
  lengthPenalty: z.number().optional(),
  diversity: z.number().min(0).optional(),
});

/** What clients ask for at most; the true length by default. */
const outputLimitSchema = z
  .union([z.literal('exact'), z.strictObject({ tokens: z.int().min(1) })])
  .optional();

const tooLongSchema = z.enum(['fail', 'truncate']).optional();

const syntheticSchema = {
  kind: z.literal('synthetic'),
  requests: z.int().min(1),
  arrivals: arrivalsSchema,
  prompt: lengthSchema.optional(),
  output: lengthSchema.optional(),
  lengths: z
    .discriminatedUnion('kind', [
      z.strictObject({
        kind: z.literal('pairs'),
        pairs: z.array(z.tuple([z.int().min(1), z.int().min(1)])).min(1),
      }),
      z.strictObject({ kind: z.literal('trace'), ...readSchema }),
    ])
    .optional(),
  outputLimit: outputLimitSchema,
  group: z.enum(['single', 'samples', 'beams']).optional(),
  width: z.int().min(1).max(64).optional(),
  sampling: samplingSchema.optional(),
  cancels: z
    .strictObject({
      share: z.number().min(0).max(1),
      minAfterMs: z.number().min(0),
      maxAfterMs: z.number().min(0),
    })
    .optional(),
  tooLong: tooLongSchema,
  priority: z.int().optional(),
};

const traceSchema = {
  kind: z.literal('trace'),
  ...readSchema,
  outputLimit: outputLimitSchema,
  tooLong: tooLongSchema,
  priority: z.int().optional(),
};

const tenantSchema = z.string().refine(isTenant, `allowed: ${TENANT_NAME}`);
const one = { tenant: tenantSchema.optional() };
const oneOfSeveral = { tenant: tenantSchema, slo: sloSchema.optional() };

/** Whole workloads, each of its own tenant. */
const partsSchema = z
  .array(
    z.discriminatedUnion('kind', [
      z.strictObject({ ...syntheticSchema, ...oneOfSeveral }),
      z.strictObject({ ...traceSchema, ...oneOfSeveral }),
    ]),
  )
  .min(1)
  .superRefine((parts, context) => {
    const names = parts.map(({ tenant }) => tenant);
    const again = names.findIndex((name, i) => names.indexOf(name) < i);
    if (again < 0) return;
    const message = 'allowed: each tenant once; a tenant is one part';
    context.addIssue({ code: 'custom', path: [again, 'tenant'], message });
  });

/** What arrives: drawn from distributions, read from a file of recorded requests, or both merged. */
export const workloadSchema = z.discriminatedUnion('kind', [
  z.strictObject({ ...syntheticSchema, ...one }),
  z.strictObject({ ...traceSchema, ...one }),
  z.strictObject({ kind: z.literal('mix'), parts: partsSchema }),
]);
