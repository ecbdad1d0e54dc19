import { z } from 'zod';

const json = z.json();

/** The manifest of one run: all that tells this run from another, and lets it be made again. */
export const manifestSchema = z.strictObject({
  format: z.literal('flover-run'),
  version: z.literal(1),
  world: z.enum(['simulator', 'engine']),
  /** ISO 8601, UTC. */
  createdAt: z.iso.datetime(),
  /** The source that ran; 'unknown' outside a repository. `dirty`: with uncommitted changes. */
  commit: z.strictObject({ id: z.string(), dirty: z.boolean() }),
  /** What did the work: the CPU or GPU, or the data sheet that was simulated. */
  device: z.strictObject({ name: z.string() }).catchall(json),
  /** 'cpu', 'cuda' or 'simulated', with the reason where it was chosen automatically. */
  backend: z.strictObject({ name: z.string(), reason: z.string().optional() }),
  /** Ranks that share the model; absent: 1. */
  worldSize: z.int().min(1).optional(),
  /** How they add up what each has a part of; absent where there is one rank. */
  collective: z.enum(['one-shot', 'nccl']).optional(),
  /** The device of each rank, where they were named: several ranks of one take turns on it. */
  devices: z.array(z.int().min(0)).optional(),
  /** The native build (compiler, flags, kernels); absent for a simulation. */
  build: z.record(z.string(), json).optional(),
  node: z.string(),
  seed: z.int(),
  replication: z.int().nonnegative(),
  policy: z.strictObject({ name: z.string(), parameters: z.record(z.string(), json) }),
  /** The policy asked to see true output lengths. */
  oracle: z.boolean(),
  memory: z.record(z.string(), json),
  model: z.strictObject({ name: z.string() }).catchall(json),
  workload: z.record(z.string(), json),
  /** What predicted the durations; absent for an engine run. */
  costModel: z.record(z.string(), json).optional(),
  commandLine: z.array(z.string()),
});

export type Manifest = z.infer<typeof manifestSchema>;
