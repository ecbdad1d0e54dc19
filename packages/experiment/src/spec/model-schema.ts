import { z } from 'zod';

/** Which model: a checkpoint folder, or a named shape with seeded synthetic weights. */
export const modelSchema = z.strictObject({
  /** A named shape, such as `llama-13b`. Not with `checkpoint`. */
  shape: z.string().optional(),
  /** A Hugging Face checkpoint folder, relative to the experiment file. Not with `shape`. */
  checkpoint: z.string().optional(),
  dataType: z.enum(['f32', 'f16', 'bf16']).default('f16'),
  /** Seed of synthetic weights. */
  weightsSeed: z.int().min(0).default(1),
});

/** Where iterations are executed for real. */
export const engineSchema = z.strictObject({
  backend: z.enum(['auto', 'cpu', 'cuda']).default('auto'),
  /** Compute threads of the CPU backend; 0 takes every core. */
  threads: z.int().min(0).max(1024).default(0),
  /** Ranks that share one model. */
  tensorParallel: z.literal([1, 2, 4, 8]).default(1),
  /** How they add up what each has a part of. */
  collective: z.enum(['one-shot', 'nccl']).default('one-shot'),
  /** The device of each rank, one for several too; without it 0 to tensorParallel - 1. */
  devices: z.array(z.int().min(0)).min(1).optional(),
});

/** Where the predicted durations come from. */
export const costModelSchema = z.discriminatedUnion('kind', [
  /** From data sheets alone. */
  z.strictObject({
    kind: z.literal('roofline'),
    /** A named device, such as `h100-sxm`. */
    device: z.string(),
  }),
  /** Fitted earlier, by `flover profile`. */
  z.strictObject({ kind: z.literal('profile'), file: z.string() }),
  /** A profile of another model, other ranks or another device, brought over by data sheets. */
  z.strictObject({
    kind: z.literal('transfer'),
    file: z.string(),
    /** The device to predict; without it, one like that of the profile. */
    device: z.string().optional(),
  }),
  /** Fitted now, to iterations measured on this engine before the first run. */
  z.strictObject({ kind: z.literal('measure') }),
]);

export type EngineSpec = z.output<typeof engineSchema>;
export type CostModelSpec = z.output<typeof costModelSchema>;
