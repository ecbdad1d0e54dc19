import { z } from 'zod';
import { costModelSchema, engineSchema, modelSchema } from './model-schema.ts';
import { limitsSchema, memorySchema, policySchema } from './policy-schema.ts';
import { sloSchema } from './slo-schema.ts';
import { workloadSchema } from './workload-schema.ts';

/** As many as a range may hold: more cells than anybody waits for. */
const MOST_SEEDS = 100_000;
const SEEDS = 'allowed: a list such as [1, 2], or a range that rises such as 1..30';

/** A list, or all from the first to the last: `1..30`. */
const seedsSchema = z.preprocess(
  (written, context) => {
    if (Array.isArray(written)) return written;
    const range = typeof written === 'string' ? /^(\d{1,15})\.\.(\d{1,15})$/.exec(written) : null;
    const [first, last] = [Number(range?.[1]), Number(range?.[2])];
    const count = last - first + 1;
    if (count >= 1 && count <= MOST_SEEDS)
      return Array.from({ length: count }, (_, i) => first + i);
    const message = count > MOST_SEEDS ? `allowed: at most ${MOST_SEEDS} seeds` : SEEDS;
    context.addIssue({ code: 'custom', message });
    return z.NEVER;
  },
  z
    .array(z.int().min(0))
    .min(1)
    .superRefine((seeds, context) => {
      const seen = new Set<number>();
      const again = seeds.findIndex((seed) => seen.size === seen.add(seed).size);
      if (again < 0) return;
      context.addIssue({ code: 'custom', path: [again], message: 'allowed: each seed once' });
    }),
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
  /** Metrics are of the requests that arrive from here on; those before are served all the same. */
  warmupMs: z.number().min(0).default(0),
  /** For the requests of every part that has none of its own. */
  slo: sloSchema.optional(),
});

export type ExperimentSpec = z.output<typeof experimentSchema>;
