const FLAG = 0;
const HEARTBEAT = 1;
const IN_POLICY = 2;

/**
 * What a run and the thread that watches it tell each other through shared memory.
 *
 * The watcher asks for the end with `cancel`. A heartbeat that stands still while `inPolicy` is true
 * means that the policy loops for ever; the watcher may then end the run's thread.
 */
export class RunSignal {
  readonly buffer: SharedArrayBuffer;
  readonly #words: Int32Array;

  constructor(buffer: SharedArrayBuffer = new SharedArrayBuffer(16)) {
    this.buffer = buffer;
    this.#words = new Int32Array(buffer);
  }

  cancel(): void {
    Atomics.store(this.#words, FLAG, 1);
  }

  get cancelled(): boolean {
    return Atomics.load(this.#words, FLAG) !== 0;
  }

  get heartbeat(): number {
    return Atomics.load(this.#words, HEARTBEAT);
  }

  get inPolicy(): boolean {
    return Atomics.load(this.#words, IN_POLICY) !== 0;
  }

  /** The run is alive. */
  beat(): void {
    Atomics.add(this.#words, HEARTBEAT, 1);
  }

  /** The run enters or leaves the scheduler. */
  markPolicy(inside: boolean): void {
    Atomics.store(this.#words, IN_POLICY, inside ? 1 : 0);
  }
}
