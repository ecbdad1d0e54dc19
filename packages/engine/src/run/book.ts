import { invariant, type RequestId, type SequenceId } from '@flover/policy';
import type { WorkloadRequest } from '@flover/workload';
import type { NativeResult } from '../addon-types.ts';

/** What one sequence of a request produced. A single or sample ends with its stop tokens. */
export interface SequenceOutput {
  readonly tokens: Int32Array;
  /** Natural logs, one a token; zeros where they were not asked for. */
  readonly logProbs: Float32Array;
  /** Beam search: the score that orders the beams, best first. */
  readonly score: number;
}

/** Takes what a request produced, once its last sequence is released. */
export type OutputListener = (
  request: WorkloadRequest,
  sequences: readonly SequenceOutput[],
) => void;

interface Entry {
  readonly request: WorkloadRequest;
  firstSequence: SequenceId;
  readonly outputs: SequenceOutput[];
  unreleased: number;
  over: boolean;
}

/** Which requests are open, and what their sequences have produced. */
export class RequestBook {
  readonly #entries = new Map<RequestId, Entry>();
  readonly #bySequence = new Map<SequenceId, Entry>();
  readonly #output: OutputListener | undefined;

  constructor(output?: OutputListener) {
    this.#output = output;
  }

  arrive(request: WorkloadRequest): void {
    invariant(!this.#entries.has(request.id), `request ${request.id} arrives twice`);
    const entry = { request, firstSequence: -1, outputs: [], unreleased: 0, over: false };
    this.#entries.set(request.id, entry);
  }

  /** The request, and its sequences from `firstSequence` on. */
  admit(id: RequestId, firstSequence: SequenceId): WorkloadRequest {
    const entry = this.#entry(id);
    entry.firstSequence = firstSequence;
    entry.unreleased = entry.request.width;
    for (let i = 0; i < entry.request.width; i++) this.#bySequence.set(firstSequence + i, entry);
    return entry.request;
  }

  /** The request was finished or refused. */
  end(id: RequestId): void {
    const entry = this.#entry(id);
    entry.over = true;
    this.#settle(entry);
  }

  release(sequence: SequenceId, result: NativeResult): void {
    const entry = this.#bySequence.get(sequence);
    invariant(entry !== undefined, `sequence ${sequence} is released but belongs to no request`);
    this.#bySequence.delete(sequence);
    entry.outputs[sequence - entry.firstSequence] = result;
    entry.unreleased -= 1;
    this.#settle(entry);
  }

  /** The request that a sequence belongs to, until its release. */
  requestOf(sequence: SequenceId): RequestId {
    const entry = this.#bySequence.get(sequence);
    invariant(entry !== undefined, `sequence ${sequence} belongs to no request`);
    return entry.request.id;
  }

  isOpen(id: RequestId): boolean {
    const entry = this.#entries.get(id);
    return entry !== undefined && !entry.over;
  }

  hasOpen(): boolean {
    for (const entry of this.#entries.values()) if (!entry.over) return true;
    return false;
  }

  /** Requests that have neither finished nor been refused, in order of arrival. */
  open(): RequestId[] {
    return [...this.#entries.values()].filter((e) => !e.over).map((e) => e.request.id);
  }

  /** Sequences that the engine still knows. */
  sequences(): SequenceId[] {
    return [...this.#bySequence.keys()];
  }

  #entry(id: RequestId): Entry {
    const entry = this.#entries.get(id);
    invariant(entry !== undefined, `request ${id} is not known or is over`);
    return entry;
  }

  #settle(entry: Entry): void {
    if (!entry.over || entry.unreleased > 0) return;
    this.#entries.delete(entry.request.id);
    if (entry.firstSequence >= 0) this.#output?.(entry.request, entry.outputs);
  }
}
