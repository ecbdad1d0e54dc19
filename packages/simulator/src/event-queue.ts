import { invariant } from '@flover/policy';

const INITIAL_CAPACITY = 16;

/**
 * Pending events, smallest (time, priority, sequence) first.
 *
 * The sequence is given out by `push`, so that events of equal time and priority leave in the order
 * in which they came, and a rescheduled event keeps its place among its equals. An event is known
 * by the handle that `push` returned until it is popped or removed; handles are used again.
 * All operations take time logarithmic in the number of pending events; none allocates.
 */
export class EventQueue {
  #size = 0;
  #nextSequence = 0;
  #freeHandles: number[] = [];
  #handles = 0;
  // By handle.
  #times = new Float64Array(INITIAL_CAPACITY);
  #priorities = new Int32Array(INITIAL_CAPACITY);
  #sequences = new Float64Array(INITIAL_CAPACITY);
  #payloads = new Float64Array(INITIAL_CAPACITY);
  #places = new Int32Array(INITIAL_CAPACITY);
  // By place in the heap.
  #heap = new Int32Array(INITIAL_CAPACITY);

  get size(): number {
    return this.#size;
  }

  /** Adds an event; the payload is a number that only the caller understands. */
  push(timeNanos: number, priority: number, payload: number): number {
    const handle = this.#freeHandles.pop() ?? this.#newHandle();
    this.#times[handle] = timeNanos;
    this.#priorities[handle] = priority;
    this.#sequences[handle] = this.#nextSequence++;
    this.#payloads[handle] = payload;
    this.#up(this.#size++, handle);
    return handle;
  }

  /** Handle of the first event, or -1 when none is pending. */
  peek(): number {
    return this.#size === 0 ? -1 : this.#heap[0];
  }

  timeNanos(handle: number): number {
    return this.#times[handle];
  }

  payload(handle: number): number {
    return this.#payloads[handle];
  }

  /** Takes the first event out and returns its handle, whose time and payload stay readable. */
  pop(): number {
    invariant(this.#size > 0, 'pop from an empty event queue');
    const handle = this.#heap[0];
    this.remove(handle);
    return handle;
  }

  /** Takes a pending event out. */
  remove(handle: number): void {
    const place = this.#pendingPlace(handle);
    this.#places[handle] = -1;
    this.#freeHandles.push(handle);
    const last = this.#heap[--this.#size];
    if (last !== handle) this.#settle(place, last);
  }

  /** Gives a pending event another time. */
  reschedule(handle: number, timeNanos: number): void {
    const place = this.#pendingPlace(handle);
    this.#times[handle] = timeNanos;
    this.#settle(place, handle);
  }

  #pendingPlace(handle: number): number {
    const place = handle < this.#handles ? this.#places[handle] : -1;
    invariant(place >= 0, () => `event ${handle} is not pending`);
    return place;
  }

  #settle(place: number, handle: number): void {
    const parent = (place - 1) >> 1;
    if (place > 0 && this.#before(handle, this.#heap[parent])) this.#up(place, handle);
    else this.#down(place, handle);
  }

  #before(a: number, b: number): boolean {
    const early = this.#times[a] - this.#times[b];
    if (early !== 0) return early < 0;
    const urgent = this.#priorities[a] - this.#priorities[b];
    return urgent !== 0 ? urgent < 0 : this.#sequences[a] < this.#sequences[b];
  }

  #put(place: number, handle: number): void {
    this.#heap[place] = handle;
    this.#places[handle] = place;
  }

  #up(from: number, handle: number): void {
    let place = from;
    while (place > 0) {
      const parent = (place - 1) >> 1;
      if (!this.#before(handle, this.#heap[parent])) break;
      this.#put(place, this.#heap[parent]);
      place = parent;
    }
    this.#put(place, handle);
  }

  #down(from: number, handle: number): void {
    let place = from;
    for (;;) {
      let child = 2 * place + 1;
      if (child >= this.#size) break;
      if (child + 1 < this.#size && this.#before(this.#heap[child + 1], this.#heap[child])) child++;
      if (!this.#before(this.#heap[child], handle)) break;
      this.#put(place, this.#heap[child]);
      place = child;
    }
    this.#put(place, handle);
  }

  #newHandle(): number {
    if (this.#handles === this.#heap.length) this.#grow();
    return this.#handles++;
  }

  #grow(): void {
    const capacity = 2 * this.#heap.length;
    this.#times = grown(this.#times, new Float64Array(capacity));
    this.#priorities = grown(this.#priorities, new Int32Array(capacity));
    this.#sequences = grown(this.#sequences, new Float64Array(capacity));
    this.#payloads = grown(this.#payloads, new Float64Array(capacity));
    this.#places = grown(this.#places, new Int32Array(capacity));
    this.#heap = grown(this.#heap, new Int32Array(capacity));
  }
}

function grown<T extends Float64Array | Int32Array>(from: T, to: T): T {
  to.set(from);
  return to;
}
