import { z } from 'zod';
import { costModelSchema, engineSchema, modelSchema } from './model-schema.ts';
import { limitsSchema, memorySchema, policySchema } from './policy-schema.ts';
import { workloadSchema } from './workload-schema.ts';

/** An experiment file, key for key. */
export const experimentSchema = z.strictObject({
  name: z.string().regex(/^[a-z0-9][a-z0-9-]*$/, 'allowed: lower-case letters, digits and hyphens'),
  question: z.string().optional(),
  model: modelSchema,
  engine: engineSchema.prefault({}),
  costModel: costModelSchema.prefault({ kind: 'measure' }),
  limits: limitsSchema.prefault({}),
  memory: memorySchema.prefault({ kind: 'slots' }),
  policies: z.array(policySchema).min(1),
  workload: workloadSchema,
  /** One replication a seed. */
  seeds: z.array(z.int().min(0)).min(1).default([1]),
  /** A request is good when it meets every bound given. */
  slo: z
    .strictObject({
      ttftMs: z.number().gt(0).optional(),
      tpotMs: z.number().gt(0).optional(),
      e2eMs: z.number().gt(0).optional(),
    })
    .optional(),
});

export type ExperimentSpec = z.output<typeof experimentSchema>;
