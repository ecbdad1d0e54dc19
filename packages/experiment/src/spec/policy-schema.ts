import { z } from 'zod';

/** Where KV lives. Sizes that are left out are taken from the limits. */
export const memorySchema = z.discriminatedUnion('kind', [
  z.strictObject({ kind: z.literal('slots'), slots: z.int().min(1).optional() }),
  z.strictObject({
    kind: z.literal('contiguous'),
    slots: z.int().min(1).optional(),
    reordering: z.enum(['off', 'flover', 'least-bytes']).default('flover'),
  }),
  z.strictObject({
    kind: z.literal('paged'),
    blocks: z.int().min(1).optional(),
    blockTokens: z.int().min(1).max(4096).default(16),
    /** Room in host memory for swapped-out sequences. */
    hostBlocks: z.int().min(0).default(0),
  }),
]);

/** Labels name folders. */
const LABEL = 'allowed: letters, digits, spaces and . , + = @ _ -, with a letter or digit first';

/** One policy of an experiment: its name alone, or with parameters and a memory of its own. */
export const policySchema = z.union([
  z.string(),
  z.strictObject({
    name: z.string().optional(),
    /** A user's own policy file (.ts or .js), relative to the experiment file. */
    file: z.string().optional(),
    parameters: z.record(z.string(), z.unknown()).default({}),
    memory: memorySchema.optional(),
    /** What tables and folders call it; needed where a policy stands twice. */
    label: z
      .string()
      .regex(/^[A-Za-z0-9][\w .,+=@-]{0,99}$/, LABEL)
      .optional(),
  }),
]);

/** What bounds the server. */
export const limitsSchema = z.strictObject({
  /** Sequences alive at once. */
  maxSequences: z.int().min(1).max(65_536).default(32),
  /** Prompt and output of one sequence, tokens. */
  maxSequenceTokens: z.int().min(2).max(1_048_576).default(512),
  /** Iterations decided ahead of the one that runs. */
  planAhead: z.literal([0, 1]).default(1),
});

export type MemorySpec = z.output<typeof memorySchema>;
export type LimitsSpec = z.output<typeof limitsSchema>;
