// The TypeScript side of the native border; the C++ side is native/addon. Documented in native/addon/README.md.

/** Mirrors EngineConfig of native/include/flover/model.h. */
export interface NativeEngineConfig {
  model: {
    family: 'llama' | 'gptj';
    dataType: 'f32' | 'f16' | 'bf16';
    layers: number;
    hidden: number;
    intermediate: number;
    heads: number;
    kvHeads: number;
    headDim: number;
    vocabulary: number;
    maxPositions: number;
    normEpsilon: number;
    tiedEmbeddings?: boolean;
    attentionBias?: boolean;
    rope: {
      theta: number;
      dims: number;
      scaling?: 'none' | 'linear' | 'llama3';
      factor?: number;
      lowFrequencyFactor?: number;
      highFrequencyFactor?: number;
      originalPositions?: number;
    };
  };
  /** One rank a device, in order; absent: one rank on device 0. */
  world?: {
    devices: ArrayLike<number>;
    collective?: 'one-shot' | 'nccl';
    /** For checks: this rank fails when it comes to the work with this id. */
    failure?: { rank: number; work: number };
  };
  lanes: number;
  blocks: number;
  blockTokens: number;
  hostBlocks: number;
  maxSequences: number;
  maxSequenceTokens: number;
  maxRowTokens: number;
  /** 0 or absent: every core. */
  threads?: number;
}

export interface NativeSampling {
  temperature?: number;
  topK?: number;
  topP?: number;
  minOutputTokens?: number;
  repetitionPenalty?: number;
  presencePenalty?: number;
  lengthPenalty?: number;
  diversity?: number;
  seed?: number | bigint;
  logProbs?: boolean;
  endTokens?: ArrayLike<number>;
  stop?: ArrayLike<number>[];
  badWords?: ArrayLike<number>[];
}

export interface NativeSequence {
  id: number;
  groupFirst: number;
  groupIndex: number;
  groupWidth: number;
  group: 'single' | 'samples' | 'beams';
  prompt: Int32Array;
  maxOutputTokens: number;
  /** Above 0: stops there, as if the model had ended. */
  hiddenOutputTokens?: number;
  sampling?: NativeSampling;
}

/** Filled by `wait`; made once and reused. */
export interface NativeCompletion {
  /** [work, lane, startNanos, endNanos, movedBytes, moveNanos, entries, seenNanos] */
  header: Float64Array;
  sequences: Int32Array;
  /** -1: its sequence had stopped before; -2 less its position: its logits allow no token. */
  tokens: Int32Array;
  logProbs: Float32Array;
  stopped: Uint8Array;
}

export interface NativeResult {
  tokens: Int32Array;
  logProbs: Float32Array;
  score: number;
}

export interface NativeDevice {
  backend: string;
  name: string;
  memoryBytes: number;
  freeBytes: number;
  detail: string;
}

export interface NativeEngine {
  device(): NativeDevice;
  /** dataType 0 f32, 1 f16, 2 bf16; the bytes are copied before the call returns. */
  loadTensor(
    name: string,
    dataType: 0 | 1 | 2,
    shape: ArrayLike<number>,
    data: ArrayBufferView,
  ): void;
  synthesize(seed: number | bigint): void;
  ready(): void;
  startClock(): void;
  nowNanos(): number;
  add(sequence: NativeSequence): void;
  release(id: number): void;
  result(id: number): NativeResult;
  launch(
    id: number,
    lane: number,
    rows: number,
    sequences: Int32Array,
    from: Int32Array,
    to: Int32Array,
    flags: Int32Array,
    deadRows: number,
    edits: Int32Array,
    editsLength: number,
  ): void;
  /** False when `deadlineNanos` (run clock; negative: for ever; 0: do not wait) passed first. */
  wait(deadlineNanos: number, completion: NativeCompletion): boolean;
  keepLogits(keep: boolean): void;
  logits(sequence: number): Float32Array;
  close(): void;
}

export interface NativeAddon {
  /** Best first; `unavailable` is '' where a backend can run here, else the reason. Devices by number. */
  backends(): { name: string; unavailable: string; devices: string[] }[];
  build(): { compiler: string; instructions: string; cuda: string; sanitized: boolean };
  Engine: new (config: NativeEngineConfig, backend: 'cpu' | 'cuda') => NativeEngine;
}
