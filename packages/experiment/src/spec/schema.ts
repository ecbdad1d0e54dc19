import { z } from 'zod';
import { costModelSchema, engineSchema, modelSchema } from './model-schema.ts';
import { limitsSchema, memorySchema, policySchema } from './policy-schema.ts';
import { workloadSchema } from './workload-schema.ts';

/** A list, or all from the first to the last: `1..30`. */
const seedsSchema = z.preprocess(
  (written, context) => {
    const range = typeof written === 'string' ? /^(\d{1,9})\.\.(\d{1,9})$/.exec(written) : null;
    if (range === null) return written;
    const [first, last] = [Number(range[1]), Number(range[2])];
    if (first <= last) return Array.from({ length: last - first + 1 }, (_, i) => first + i);
    context.addIssue({ code: 'custom', message: 'allowed: a range that rises, such as 1..30' });
    return z.NEVER;
  },
  z.array(z.int().min(0)).min(1),
);

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
  seeds: seedsSchema.default([1]),
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
