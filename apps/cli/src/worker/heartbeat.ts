/**
 * What a worker and its host share: a few 32-bit cells that both may read at any time.
 *
 * The worker's loop is synchronous, so that messages do not reach it; these cells do.
 */
export interface Heartbeat {
  readonly buffer: SharedArrayBuffer;
  /** Host to worker: end the run in good order. */
  cancel(): void;
  readonly cancelled: boolean;
  /** Worker to host: user code is entered and left. */
  enter(): void;
  leave(): void;
  /** A number that changes with every entry; undefined while no user code runs. */
  readonly insideSince: number | undefined;
}

const CANCEL = 0;
const ENTRIES = 1;
const INSIDE = 2;

/** Wraps a shared buffer, or makes one. Cell 0 is the cancel flag that both executors read. */
export function heartbeat(buffer = new SharedArrayBuffer(3 * 4)): Heartbeat {
  const cells = new Int32Array(buffer);
  return {
    buffer,
    cancel: () => void Atomics.store(cells, CANCEL, 1),
    get cancelled() {
      return Atomics.load(cells, CANCEL) !== 0;
    },
    enter() {
      Atomics.add(cells, ENTRIES, 1);
      Atomics.store(cells, INSIDE, 1);
    },
    leave: () => void Atomics.store(cells, INSIDE, 0),
    get insideSince() {
      return Atomics.load(cells, INSIDE) === 0 ? undefined : Atomics.load(cells, ENTRIES);
    },
  };
}
