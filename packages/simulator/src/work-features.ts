import { RowFlag, type Work } from '@flover/policy';

/** Engines compute a work in passes of at most so many tokens, decode rows first. */
export const PASS_TOKENS = 512;

/** What an engine computes at once of a work that has prompts; tokens. */
export interface Pass {
  /** Decode rows and prompts together. */
  tokens: number;
  promptTokens: number;
  /** Up to where the prompt that reaches furthest has come: it reads the keys of all these. */
  reachTokens: number;
}

/** What a work's time depends on. Counts of rows and tokens. */
export interface WorkFeatures {
  /** Rows that take the decode path, dead rows among them. */
  decodeRows: number;
  /** KV that decode attention reads, tokens. */
  decodeKvTokens: number;
  prefillRows: number;
  prefillTokens: number;
  /** Pairs (query, key) that prefill attention looks at: the sum of (to^2 - from^2) / 2. */
  prefillPairs: number;
  /** KV of earlier chunks that prefill attention reads, tokens. */
  prefillKvTokens: number;
  /** Of a work with prompts; none of one without. */
  passes: readonly Pass[];
  /** Prefill rows that go through the output head; decode rows all do. */
  prefillSampledRows: number;
  /** Tokens whose KV is copied within the device, by moves and forks. */
  movedTokens: number;
  /** Copies within the device. */
  moves: number;
  /** Tokens whose KV goes to host memory or comes back. */
  swappedTokens: number;
}

const NO_PASSES: readonly Pass[] = [];

/** Features of no work. */
export function noFeatures(): WorkFeatures {
  return {
    decodeRows: 0,
    decodeKvTokens: 0,
    prefillRows: 0,
    prefillTokens: 0,
    prefillPairs: 0,
    prefillKvTokens: 0,
    passes: NO_PASSES,
    prefillSampledRows: 0,
    movedTokens: 0,
    moves: 0,
    swappedTokens: 0,
  };
}

/** Features of one prompt of so many tokens. */
export function promptFeatures(prefillTokens: number): WorkFeatures {
  return {
    ...noFeatures(),
    prefillRows: 1,
    prefillTokens,
    prefillPairs: prefillTokens ** 2 / 2,
    passes: passesOf(0, [0], [prefillTokens], [0]),
    prefillSampledRows: 1,
  };
}

/** The features of one work. */
export function featuresOf(work: Work): WorkFeatures {
  return new FeatureReader().read(work);
}

/** Reads the features of work after work into one record; nothing is allocated. */
export class FeatureReader {
  readonly #features = noFeatures();
  /** By number of rows, the last flags without prefill: steady decode shares them. */
  readonly #decodeFlags: (readonly number[] | undefined)[] = [];

  /** The record is valid until the next call. */
  read(work: Work): WorkFeatures {
    const features = this.#features;
    features.decodeKvTokens = work.decodeKvTokens;
    features.prefillTokens = 0;
    features.prefillSampledRows = 0;
    features.prefillPairs = 0;
    features.prefillKvTokens = 0;
    features.prefillRows = 0;
    features.passes = NO_PASSES;
    if (work.flags !== this.#decodeFlags[work.flags.length]) this.#readRows(work);
    const decodeRows = work.deadRows + work.flags.length - features.prefillRows;
    features.decodeRows = decodeRows;
    if (features.prefillTokens > 0) {
      features.passes = passesOf(decodeRows, work.from, work.to, work.flags);
    }
    copies(work, features);
    return features;
  }

  #readRows(work: Work): void {
    const { flags, from, to } = work;
    let prefillRows = 0;
    for (let row = 0; row < flags.length; row++) {
      if ((flags[row] & RowFlag.Decode) !== 0) continue;
      prefillRows++;
      prefillRow(this.#features, from[row], to[row], flags[row]);
    }
    this.#features.prefillRows = prefillRows;
    if (prefillRows === 0) this.#decodeFlags[flags.length] = flags;
  }
}

function prefillRow(features: WorkFeatures, from: number, to: number, flag: number): void {
  if ((flag & RowFlag.Samples) !== 0) features.prefillSampledRows++;
  features.prefillTokens += to - from;
  features.prefillPairs += (to * to - from * from) / 2;
  features.prefillKvTokens += from;
}

/** Cuts decode rows and then prompts, row by row, where a pass is full. */
function passesOf(
  decodeRows: number,
  from: readonly number[],
  to: readonly number[],
  flags: readonly number[],
): readonly Pass[] {
  let pass: Pass = { tokens: decodeRows, promptTokens: 0, reachTokens: 0 };
  const passes = [pass];
  for (let row = 0; row < flags.length; row++) {
    if ((flags[row] & RowFlag.Decode) !== 0) continue;
    for (let at = from[row]; at < to[row]; ) {
      if (pass.tokens >= PASS_TOKENS) {
        pass = { tokens: 0, promptTokens: 0, reachTokens: 0 };
        passes.push(pass);
      }
      const tokens = Math.min(to[row] - at, PASS_TOKENS - pass.tokens);
      at += tokens;
      pass.tokens += tokens;
      pass.promptTokens += tokens;
      pass.reachTokens = Math.max(pass.reachTokens, at);
    }
  }
  return passes;
}

function copies(work: Work, features: WorkFeatures): void {
  const { moves, forks, swaps } = work;
  features.movedTokens = 0;
  features.swappedTokens = 0;
  features.moves = moves.length + forks.length;
  for (let i = 0; i < moves.length; i++) features.movedTokens += moves[i].tokens;
  for (let i = 0; i < forks.length; i++) features.movedTokens += forks[i].tokens;
  for (let i = 0; i < swaps.length; i++) features.swappedTokens += swaps[i].tokens;
}
