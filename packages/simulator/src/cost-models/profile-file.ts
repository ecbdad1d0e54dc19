import type { Residuals } from '../fit/residuals.ts';

/** Times by rows or tokens: linear between knots, the outermost segments continued. */
export interface PhaseCurve {
  /** Ascending: decode rows, or prefill tokens. */
  readonly knots: readonly number[];
  /** Device time at each knot, without attention. */
  readonly nanos: readonly number[];
}

/** How a work is slowed down while another runs beside it: 1 + factor for the time of overlap. */
export interface Interference {
  readonly decodeByDecode: number;
  readonly decodeByPrefill: number;
  readonly prefillByDecode: number;
  readonly prefillByPrefill: number;
}

/** A straight line: nanos + nanosPerUnit x units. */
export interface Line {
  readonly nanos: number;
  readonly nanosPerUnit: number;
}

/** An engine's measured times for one model on one device, as a fitted function. */
export interface Profile {
  readonly format: 'flover-profile';
  readonly version: 1;
  readonly device: string;
  readonly model: string;
  readonly dataType: string;
  /** Devices that share every layer. */
  readonly worldSize: number;
  /** Names of the runs that were fitted. */
  readonly runs: readonly string[];
  readonly kvBytesPerToken: number;
  /** Plus, at each knot, so much for every token of KV that attention reads. */
  readonly decode: PhaseCurve & { readonly nanosPerKvToken: readonly number[] };
  /** Plus so much for every pair (query, key) of attention. */
  readonly prefill: PhaseCurve & { readonly nanosPerPair: number };
  /** Works with both kinds of rows: the two phases' times, weighted, plus a constant. */
  readonly mixed: {
    readonly nanos: number;
    readonly decodeFactor: number;
    readonly prefillFactor: number;
  };
  /** Copies within the device, and to or from host memory; units are bytes. */
  readonly moves: Line;
  readonly swaps: Line;
  /**
   * Host time of an iteration, units are rows: planning, and what an idle device waits beyond that
   * for its next work.
   */
  readonly plan: Line;
  readonly launch: Line;
  readonly interference: Interference;
  readonly residuals: {
    readonly decode: Residuals;
    readonly prefill: Residuals;
    readonly mixed: Residuals;
    readonly moves: Residuals;
  };
}
