import { z } from 'zod';

const time = z.int();
const count = z.int().nonnegative();
const counts = z.array(count);

const requestView = z.strictObject({
  id: count,
  arrival: time,
  promptTokens: count,
  maxOutputTokens: count,
  group: z.enum(['single', 'samples', 'beams']),
  width: count,
  tenant: z.string().min(1).optional(),
  priority: z.int().optional(),
  oracleOutputTokens: count.optional(),
});

const launch = z.strictObject({
  kind: z.literal('launch'),
  t: time,
  work: count,
  lane: count,
  /** Sequence, first position, number of tokens and flags of each row. */
  s: counts,
  p: counts,
  n: counts.optional(),
  f: z.union([count, counts]),
  dead: count.default(0),
  swaps: z.array(z.tuple([count, z.enum(['out', 'in']), count, counts])).default([]),
  moves: z.array(z.tuple([count, count, count, count, count])).default([]),
  places: z.array(z.tuple([count, count, count])).default([]),
  forks: z.array(z.tuple([count, count, count])).default([]),
  newTokens: count.optional(),
  decodeKvTokens: count.optional(),
});

const measure = z.strictObject({
  kind: z.literal('measure'),
  work: count,
  lane: count,
  start: time,
  end: time,
  plan: z.number().default(0),
  launch: z.number().default(0),
  take: z.number().optional(),
  movedBytes: z.number().default(0),
  move: z.number().default(0),
  kvReserved: z.number(),
  kvUsed: z.number(),
});

/** One line of a trace file, as it is written; docs/trace-format.md explains each. */
export const lineSchema = z.discriminatedUnion('kind', [
  z.strictObject({
    kind: z.literal('header'),
    format: z.literal('flover-trace'),
    version: z.literal(1),
    world: z.enum(['simulator', 'engine']),
    scheduler: z.unknown(),
  }),
  z.strictObject({ kind: z.literal('arrive'), t: time, request: requestView }),
  z.strictObject({ kind: z.literal('cancel'), t: time, request: count }),
  z.strictObject({
    kind: z.literal('end'),
    t: time,
    work: count,
    lane: count,
    stopped: counts.default([]),
    tokens: z.array(z.int().min(-1)).optional(),
  }),
  z.strictObject({ kind: z.literal('timer'), t: time }),
  launch,
  z.strictObject({ kind: z.literal('admit'), t: time, request: count, firstSequence: count }),
  z.strictObject({ kind: z.literal('refuse'), t: time, request: count, reason: z.string() }),
  z.strictObject({
    kind: z.literal('finish'),
    t: time,
    request: count,
    reason: z.enum(['length', 'stop', 'cancelled']),
    outputTokens: count,
  }),
  z.strictObject({
    kind: z.literal('preempt'),
    t: time,
    sequence: count,
    by: z.enum(['swap', 'recompute']),
  }),
  z.strictObject({ kind: z.literal('release'), t: time, sequence: count }),
  z.strictObject({ kind: z.literal('wake'), t: time, at: time }),
  measure,
  z.strictObject({
    kind: z.literal('footer'),
    t: time,
    outcome: z.enum(['complete', 'cancelled', 'failed']),
    message: z.string().optional(),
  }),
]);

export type TraceLine = z.infer<typeof lineSchema>;
export type LaunchLine = z.infer<typeof launch>;
export type MeasureLine = z.infer<typeof measure>;
