import { stream, wholeBelow } from '@flover/workload';
import { type Probe, ProbeSource } from './probe-source.ts';
import type { ProfileReach, ProfileRun } from './reach.ts';
import { configFor, plainRequest } from './requests.ts';

/**
 * Prompts that are computed beside decode, one at a time: of each tile one that does not fill it, as most
 * prompts do not. Those that do take up to 4 % longer there, and not alone.
 */
const LENGTHS = [8, 32, 60, 120, 240, 368, 496, 752, 1008];
const REPEATS = 4;
/** Of these, beside decode whose contexts are long: attention takes and loses a part of its own. */
const FEW_LENGTHS = [60, 240, 496, 1008];
const FEW_REPEATS = 3;
/** Prompts longer than these, every so many tokens and the longest. */
const LONG_TOKENS = 512;
/** Engines compute smaller batches as this one. */
const FEWEST_PADDED = 8;
const SHORT_CONTEXT = 4;
const LONG_CONTEXT = 700;
/** Few rows whose contexts are as long as can be: attention takes most of decode there. */
const FEW_ROWS = 4;
const FAR_REPEATS = 2;
/** Iterations of the background that a probe meets, of its pause and for so many of its tokens. */
const ITERATIONS_A_PAUSE = 4;
const TOKENS_AN_ITERATION = 80;
const LONGEST_PAUSE_NANOS = 15_000_000;

/** Decode that goes on, and the prompts that meet it. */
interface Beside {
  readonly batch: number;
  /** Of the background when it begins, tokens. */
  readonly context: number;
  readonly lengths: readonly number[];
  readonly repeats: number;
}

/** Prefill beside decode: steady batches, met by prompts of each length at random moments. */
export function besideRuns(reach: ProfileReach, seed: number): ProfileRun[] {
  const [quarter, half, most] = quartersOf(reach);
  const all = { lengths: LENGTHS, repeats: REPEATS, context: SHORT_CONTEXT };
  const few = { lengths: FEW_LENGTHS, repeats: FEW_REPEATS, context: longContext(reach) };
  return runsOf(reach, seed, [
    ...distinct([1, Math.min(FEWEST_PADDED, most), quarter, half, most]).map((batch) => ({
      ...all,
      batch,
    })),
    ...(few.context > SHORT_CONTEXT
      ? distinct([half, most]).map((b) => ({ ...few, batch: b }))
      : []),
  ]);
}

/** One such run, shorter and with other moments. */
export function fewBesideRuns(reach: ProfileReach, seed: number): ProfileRun[] {
  const [, half] = quartersOf(reach);
  const few = { lengths: LENGTHS, repeats: 1, context: SHORT_CONTEXT };
  return runsOf(
    reach,
    seed + 1,
    distinct([half]).map((batch) => ({ ...few, batch })),
  );
}

/** Prompts beyond the longest of those, up to the longest sequence. */
export function longBesideRuns(reach: ProfileReach, seed: number): ProfileRun[] {
  const longest = LENGTHS[LENGTHS.length - 1]!;
  const most = reach.maxContext - 1;
  const lengths = most < longest + LONG_TOKENS / 2 ? [] : [most];
  for (let tokens = longest + LONG_TOKENS; tokens < most; tokens += LONG_TOKENS)
    lengths.push(tokens);
  if (lengths.length === 0) return [];
  const [, half, widest] = quartersOf(reach);
  const short = { lengths, repeats: FEW_REPEATS, context: SHORT_CONTEXT };
  return runsOf(reach, seed, [
    ...distinct([1, half, widest]).map((batch) => ({ ...short, batch })),
    ...distinct([half]).map((batch) => ({ ...short, batch, context: longContext(reach) })),
  ]);
}

/** The same beside few rows with contexts as long as leave room for it; none where these are short. */
export function farBesideRuns(reach: ProfileReach, seed: number): ProfileRun[] {
  const lengths = [496, 1520, reach.maxContext - 1];
  const far = { batch: FEW_ROWS, lengths, repeats: FAR_REPEATS };
  const context = reach.maxContext - iterationsOf(lengths, FAR_REPEATS);
  const room = lengths.every((length) => length < reach.maxContext) && reach.maxBatch > FEW_ROWS;
  return room && context > LONG_CONTEXT ? runsOf(reach, seed, [{ ...far, context }]) : [];
}

/** Iterations of the background in which so many prompts of each length find room. */
function iterationsOf(lengths: readonly number[], repeats: number): number {
  const each = lengths.map((tokens) => ITERATIONS_A_PAUSE + tokens / TOKENS_AN_ITERATION);
  return Math.ceil(repeats * each.reduce((sum, iterations) => sum + iterations, 0));
}

/** A quarter, a half and all of the batch that leaves a slot for the prompt. */
function quartersOf({ maxBatch }: ProfileReach): readonly [number, number, number] {
  const most = maxBatch - 1;
  return [Math.ceil(most / 4), Math.ceil(most / 2), most];
}

function distinct(batches: readonly number[]): number[] {
  return [...new Set(batches)].filter((batch) => batch >= 1).sort((a, b) => a - b);
}

/** Half of the longest at most, so that the background has room to go on. */
function longContext({ maxContext }: ProfileReach): number {
  return Math.min(LONG_CONTEXT, Math.floor(maxContext / 2));
}

/** A run for each of which a prompt fits. */
function runsOf(reach: ProfileReach, seed: number, all: readonly Beside[]): ProfileRun[] {
  return all
    .filter(({ lengths }) => lengths.some((length) => length < reach.maxContext))
    .map((beside) => besideRun(reach, seed, beside));
}

function besideRun(reach: ProfileReach, seed: number, beside: Beside): ProfileRun {
  const { batch, context } = beside;
  const probes = probesFor(reach, seed, beside);
  const lengths = probes.map(({ promptTokens }) => promptTokens);
  const iterations = iterationsOf(lengths, 1);
  const tokens = Math.min(reach.maxContext - context, iterations);
  const background = Array.from({ length: batch }, (_, id) => plainRequest(id, context, tokens));
  const longest = Math.max(...lengths);
  return {
    name: `prefill up to ${longest} beside ${batch} decoding, context ${context}`,
    config: configFor(reach, 'temporal-fusion', {}),
    source: () => new ProbeSource(background, probes),
  };
}

function probesFor(reach: ProfileReach, seed: number, beside: Beside): Probe[] {
  const { batch, context, repeats } = beside;
  const random = stream(seed, `profile/beside/${batch}/${context}`);
  const lengths = beside.lengths.filter((length) => length < reach.maxContext);
  return Array.from({ length: repeats }, () => lengths)
    .flat()
    .map((promptTokens) => ({
      promptTokens,
      outputTokens: 1,
      pauseNanos: wholeBelow(random, LONGEST_PAUSE_NANOS),
    }));
}
