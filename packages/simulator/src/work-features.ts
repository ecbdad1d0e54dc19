import { RowFlag, type Work } from '@flover/policy';

/** What a work's time depends on. Counts of rows and tokens. */
export interface WorkFeatures {
  /** Rows that take the decode path, dead rows among them. */
  decodeRows: number;
  /** KV that decode attention reads, tokens. */
  decodeKvTokens: number;
  prefillTokens: number;
  /** Pairs (query, key) that prefill attention looks at: the sum of (to^2 - from^2) / 2. */
  prefillPairs: number;
  /** KV of earlier chunks that prefill attention reads, tokens. */
  prefillKvTokens: number;
  /** Prefill rows that go through the output head; decode rows all do. */
  prefillSampledRows: number;
  /** Tokens whose KV is copied within the device, by moves and forks. */
  movedTokens: number;
  /** Copies within the device. */
  moves: number;
  /** Tokens whose KV goes to host memory or comes back. */
  swappedTokens: number;
}

/** Features of no work. */
export function noFeatures(): WorkFeatures {
  return {
    decodeRows: 0,
    decodeKvTokens: 0,
    prefillTokens: 0,
    prefillPairs: 0,
    prefillKvTokens: 0,
    prefillSampledRows: 0,
    movedTokens: 0,
    moves: 0,
    swappedTokens: 0,
  };
}

/** Writes the features of a work to `into` and returns it; nothing is allocated. */
export function featuresOf(work: Work, into: WorkFeatures): WorkFeatures {
  const { flags, from, to } = work;
  const rows = flags.length;
  into.decodeKvTokens = work.decodeKvTokens;
  into.prefillTokens = 0;
  into.prefillSampledRows = 0;
  into.prefillPairs = 0;
  into.prefillKvTokens = 0;
  let decodeRows = 0;
  for (let row = 0; row < rows; row++) {
    const flag = flags[row];
    if ((flag & RowFlag.Decode) !== 0) decodeRows++;
    else prefillRow(into, from[row], to[row], flag);
  }
  into.decodeRows = decodeRows + work.deadRows;
  copies(work, into);
  return into;
}

function prefillRow(into: WorkFeatures, from: number, to: number, flag: number): void {
  if ((flag & RowFlag.Samples) !== 0) into.prefillSampledRows++;
  into.prefillTokens += to - from;
  into.prefillPairs += (to * to - from * from) / 2;
  into.prefillKvTokens += from;
}

function copies(work: Work, into: WorkFeatures): void {
  into.movedTokens = 0;
  into.swappedTokens = 0;
  into.moves = work.moves.length + work.forks.length;
  for (let i = 0; i < work.moves.length; i++) into.movedTokens += work.moves[i].tokens;
  for (let i = 0; i < work.forks.length; i++) into.movedTokens += work.forks[i].tokens;
  for (let i = 0; i < work.swaps.length; i++) into.swappedTokens += work.swaps[i].tokens;
}
