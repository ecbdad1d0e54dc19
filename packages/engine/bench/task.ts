/** The same work for every engine: a prompt for each sequence, some tokens to get warm, then the clock. */
export interface DecodeTask {
  readonly batch: number;
  readonly threads: number;
  readonly prompt: readonly number[];
  readonly warmUpTokens: number;
  /** Tokens of each sequence while the clock runs. */
  readonly tokens: number;
}

export interface DecodeMeasurement {
  /** Over all sequences. */
  readonly tokensPerSecond: number;
  /** Decode calls while the clock ran; `tokens` if every call took the whole batch. */
  readonly iterations: number;
  readonly threads: number;
  /** Over all sequences, for each second of processor time: what a busy machine leaves comparable. */
  readonly tokensPerCoreSecond: number;
  /** What was generated, a list of tokens for each sequence. */
  readonly texts: readonly (readonly number[])[];
}
