import type { Nanos, Scheduler } from '@flover/policy';
import type { FooterRecord, TraceSink } from '@flover/trace';
import type { RequestSource } from '@flover/workload';
import type { CostModel } from './cost-model.ts';
import { Simulation } from './simulation.ts';

export interface SimulateOptions {
  /** Fresh: it has seen no event. */
  readonly scheduler: Scheduler;
  readonly source: RequestSource;
  readonly costModel: CostModel;
  readonly sink: TraceSink;
  /** Looked at every few events; an `AbortSignal`, or a view of shared memory. */
  readonly signal?: { readonly aborted: boolean };
}

export interface SimulationResult {
  readonly outcome: 'complete' | 'cancelled';
  /** Virtual time of the last event. */
  readonly timeNanos: Nanos;
  /** Requests that arrived. */
  readonly requests: number;
  /** Works launched. */
  readonly iterations: number;
}

/** Events between two looks at the signal. */
const SIGNAL_EVENTS = 64;

/**
 * Runs a workload in virtual time, synchronously, and tells the sink all that happens.
 *
 * The same inputs give the same trace, byte for byte. Where the scheduler, the source or the sink
 * throws, the sink is closed with the outcome `failed` and the error goes on to the caller.
 * Errors: `policy-stuck` when requests are left and nothing will ever happen again.
 */
export function simulate(options: SimulateOptions): SimulationResult {
  const simulation = new Simulation(options);
  try {
    const outcome = drive(simulation, options.signal);
    close(options.sink, { kind: 'footer', timeNanos: simulation.nowNanos, outcome });
    return {
      outcome,
      timeNanos: simulation.nowNanos,
      requests: simulation.requests,
      iterations: simulation.iterations,
    };
  } catch (error) {
    if (simulation.closed) throw error;
    const message = error instanceof Error ? error.message : String(error);
    closeAfterFailure(options.sink, simulation.nowNanos, message);
    throw error;
  }

  function close(sink: TraceSink, footer: FooterRecord): void {
    simulation.closed = true;
    sink.close(footer);
  }
}

function drive(
  simulation: Simulation,
  signal: SimulateOptions['signal'],
): 'complete' | 'cancelled' {
  for (let events = 0; ; events++) {
    if (signal !== undefined && events % SIGNAL_EVENTS === 0 && signal.aborted) return 'cancelled';
    if (!simulation.advance()) return 'complete';
  }
}

/** Closes the sink; a second failure must not hide the first. */
function closeAfterFailure(sink: TraceSink, timeNanos: Nanos, message: string): void {
  try {
    sink.close({ kind: 'footer', timeNanos, outcome: 'failed', message });
  } catch {
    // The first error is the one to report.
  }
}
