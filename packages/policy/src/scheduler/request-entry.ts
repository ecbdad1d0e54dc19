import type { FinishReason, RequestView } from '../request.ts';
import type { Sequence } from './sequence.ts';

/** One request from arrival to its last release, with its sequences. */
export class RequestEntry {
  readonly view: RequestView;
  phase: 'waiting' | 'admitted' | 'ended' = 'waiting';
  /** Place in the waiting queue. */
  position = -1;
  /** In order; empty before admission. */
  readonly sequences: Sequence[] = [];
  /** Sequences that have not ended. */
  live = 0;
  /** Of these, those that still wait for their fork from `root`. */
  unforked = 0;
  /** The sequence in which the prompt is computed. */
  root: Sequence | undefined;
  /** The work with the last row of the prompt, or -1; forks are possible only after it. */
  promptWork = -1;
  reason: FinishReason = 'stop';
  outputTokens = 0;

  constructor(view: RequestView) {
    this.view = view;
  }
}
