import type { Residuals } from '../fit/residuals.ts';
import type { Collective } from './collectives.ts';
import type { Interference } from './interference.ts';

/** Times by rows or tokens: linear between knots, the outermost segments continued. */
export interface PhaseCurve {
  /** Ascending: decode rows, or prefill tokens. */
  readonly knots: readonly number[];
  /** Device time at each knot, without attention. */
  readonly nanos: readonly number[];
}

/** A straight line: nanos + nanosPerUnit x units. */
export interface Line {
  readonly nanos: number;
  readonly nanosPerUnit: number;
}

/** What the host adds to an iteration. */
export interface HostCosts {
  /** Planning; units are rows. */
  readonly plan: Line;
  /** The launching call, for works of decode rows alone; units are rows. */
  readonly launchDecode: Line;
  /** The launching call, for all other works; units are prefill tokens. */
  readonly launchPrefill: Line;
  /** From the end of planning to the start on an idle lane. */
  readonly latencyDecodeNanos: number;
  /** The same for prompts, which are admitted then; units are prompts beyond the first. */
  readonly latencyPrefill: Line;
  /** From the end of a work on the device to the start of the one that was queued behind it. */
  readonly gapNanos: number;
  /** From the end of a work on the device until the scheduler is told. */
  readonly noticeNanos: number;
}

/** How measurements scatter about the fit: standard deviations of measured / fitted, per cent. */
export interface Scatter {
  /** Runs with enough of it to have a mean. */
  readonly runs: number;
  /** Of what a whole run has in common: machines wander, and the fit's form is not the truth. */
  readonly betweenPercent: number;
  /** Of single works about their run's mean. */
  readonly withinPercent: number;
}

/**
 * What scatters on its own: works by what they compute and whether one work of the other kind ran beside
 * them or others did (crowded), and the host.
 */
export const scatterKeys = [
  'decode',
  'prefill',
  'mixed',
  'decodeBeside',
  'prefillBeside',
  'decodeCrowded',
  'prefillCrowded',
  'plan',
  'launch',
  'latency',
  'notice',
] as const;
export type ScatterKey = (typeof scatterKeys)[number];

/**
 * Prompts by passes: besides the curve, at the tokens of a pass, it takes so long for every token up to
 * which its furthest prompt has come. Few long rows hold a pass up as long as many: they are computed at once.
 */
export interface Reach {
  /** Ascending: prompt tokens of a pass. */
  readonly knots: readonly number[];
  readonly nanosPerToken: readonly number[];
}

/**
 * Devices that have computed prompts for a while are slower, at most by so much: they are at the limit of
 * their power. How warm one is, from 0 to 1, follows the share of prompts' time alone that
 * is beyond reading the weights, as a moving average.
 */
export interface WarmthCosts {
  /** Time constant of the average. */
  readonly constantNanos: number;
  /** A work with prompts takes 1 + warmth x this x its own such share times as long. */
  readonly prefillSlowdown: number;
  /** A decode work takes 1 + warmth x this times as long. */
  readonly decodeSlowdown: number;
  /**
   * Which prompts are slower: those that got the whole device. Others keep to a part, which leaves it
   * below its limit. Where it is missing, all.
   */
  readonly prompts?: 'given-alone';
}

/** An engine's measured times for one model on one device, as a fitted function. */
export interface Profile {
  readonly format: 'flover-profile';
  /** 7 has no passes and no warmth; neither 7 nor 8 says how prompts share a device. */
  readonly version: 7 | 8 | 9;
  readonly device: string;
  readonly model: string;
  readonly dataType: string;
  /** Ranks that share every layer. */
  readonly worldSize: number;
  /** How several ranks add up what each has a part of; where it is missing, `one-shot`. */
  readonly collective?: Collective;
  /** Ranks of the device that has the most of them; where it is missing, 1. */
  readonly ranksPerDevice?: number;
  /** Names of the runs that were fitted. */
  readonly runs: readonly string[];
  readonly kvBytesPerToken: number;
  /**
   * Plus, for every token of KV that attention reads, so much by how far its row's context reaches on
   * average: up to the first of `bends`, from there to the next, ..., beyond the last.
   */
  readonly decode: PhaseCurve & {
    /** Ascending mean contexts, tokens. */
    readonly bends: readonly number[];
    /** One list more than there are bends, each by knot. */
    readonly nanosPerKvToken: readonly (readonly number[])[];
  };
  /**
   * Plus so much for every pair (query, key) of attention. With `reach` the curve and that are of each of
   * a work's passes (`Pass`); without it a work is one pass, however long.
   */
  readonly prefill: PhaseCurve & { readonly nanosPerPair: number; readonly reach?: Reach };
  /**
   * Works with both kinds of rows: a constant, a decode row's own time (where it is missing, 0), and
   * weights of prefill with as many tokens as there are of both kinds, of the attention of the decode
   * rows, and of decode without it.
   */
  readonly mixed: {
    readonly nanos: number;
    readonly prefillFactor: number;
    readonly attentionFactor: number;
    readonly decodeFactor: number;
    readonly nanosPerRow?: number;
  };
  /** Where it is missing, no work is slower for what ran before. */
  readonly warmth?: WarmthCosts;
  /** Copies within the device, and to or from host memory; units are bytes. */
  readonly moves: Line;
  readonly swaps: Line;
  readonly host: HostCosts;
  readonly interference: Interference;
  readonly residuals: {
    readonly decode: Residuals;
    readonly prefill: Residuals;
    readonly mixed: Residuals;
    readonly moves: Residuals;
    /** Works beside one work of the other kind at a time, by what they compute. */
    readonly decodeBeside: Residuals;
    readonly prefillBeside: Residuals;
    /** All other works with something beside them. */
    readonly decodeCrowded: Residuals;
    readonly prefillCrowded: Residuals;
  };
  readonly scatter: Readonly<Record<ScatterKey, Scatter>>;
}
