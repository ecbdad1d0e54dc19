import { createScheduler, type Nanos, type SchedulerConfig } from '@flover/policy';
import type { TraceSink } from '@flover/trace';
import type { BackendRequest } from '../backend.ts';
import { Engine, type ModelSource } from '../engine.ts';
import { limitsFor } from '../limits.ts';
import { runEngine } from '../run/run.ts';
import type { RunSignal } from '../run/signal.ts';
import { warmUp } from '../run/warm-up.ts';
import type { World } from '../world.ts';
import { OffsetSink } from './offset-sink.ts';
import type { ProfileReach, ProfileRun } from './reach.ts';
import { profileRuns } from './runs.ts';

export interface ProfileOptions extends ProfileReach {
  readonly model: ModelSource;
  readonly backend: BackendRequest;
  /** CPU backend: compute threads; 0 takes every core. */
  readonly threads: number;
  /** Default: one rank. */
  readonly world?: World;
  readonly seed: number;
  /** Gets the works with what was measured of them, all runs as one; never closed here. */
  readonly sink: TraceSink;
  readonly progress?: (done: number, total: number, run: string) => void;
  readonly signal?: RunSignal;
}

export interface ProfileSummary {
  readonly device: string;
  /** Names of the runs made, in order. */
  readonly runs: readonly string[];
  readonly works: number;
  readonly durationNanos: Nanos;
}

/** Temporal fusion's decode lane and one prefill lane. */
const FEWEST_LANES = 2;

/**
 * Measures an engine: decode over batch and context, prefill over length, prefill beside decode,
 * several lanes at once, moves, and the host's part. What is fitted to the measurements is the
 * simulator's business.
 *
 * Some runs are made again on a second engine: between two engines more may differ than between two
 * runs of one. Where the KV memory does not hold the widest batch of the longest sequences, the first
 * engine has shorter slots and the second fewer. Stops after the current run when the signal says so.
 */
export function profileEngine(options: ProfileOptions): ProfileSummary {
  const runs = profileRuns(options, options.seed);
  const sink = new OffsetSink(options.sink);
  const done: string[] = [];
  let device = '';
  for (const second of [false, true]) {
    if (second && options.signal?.cancelled) break;
    const its = runs.filter((run) => (run.second ?? false) === second);
    const engine = open(options, its[0]!.config);
    device = engine.device.name;
    try {
      for (const run of its) {
        if (options.signal?.cancelled) break;
        options.progress?.(done.length, runs.length, run.name);
        execute(engine, run, sink, options);
        done.push(run.name);
      }
    } finally {
      engine.close();
    }
  }
  const { nanos, works } = sink.totals;
  return { device, runs: done, works, durationNanos: nanos };
}

/** An engine for all runs, warm. */
function open(options: ProfileOptions, config: SchedulerConfig): Engine {
  const lanes = Math.max(FEWEST_LANES, options.instances ?? 1);
  const limits = limitsFor(config, lanes, options.threads);
  const { model, backend, world } = options;
  const engine = Engine.open({ model, backend, limits, ...(world && { world }) });
  warmUp(engine, config);
  return engine;
}

function execute(engine: Engine, run: ProfileRun, sink: TraceSink, options: ProfileOptions): void {
  runEngine({
    engine,
    scheduler: createScheduler(run.config),
    source: run.source(),
    sink,
    prompts: { seed: options.seed, replication: 0 },
    ...(options.signal === undefined ? {} : { signal: options.signal }),
  });
}
