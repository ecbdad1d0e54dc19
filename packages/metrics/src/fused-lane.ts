import type { Nanos, Work } from '@flover/policy';

/**
 * The decode rows of a lane's last decode iteration, as far as they are still alive.
 *
 * They all made their last token at the same moment, so one number stands for all of them.
 */
export class FusedLane {
  readonly index: number;
  /** When those tokens were made. */
  endNanos: Nanos = Number.NaN;
  /** Sequences that belong here. */
  members = 0;
  /** The iteration that made them so. */
  work: Work | undefined;

  constructor(index: number) {
    this.index = index;
  }

  /** Does `work` decode exactly the members? Seen at a glance where a scheduler shares arrays. */
  isSame(work: Work): boolean {
    const last = this.work;
    return (
      last !== undefined &&
      work.sequences === last.sequences &&
      work.flags === last.flags &&
      work.sequences.length === this.members
    );
  }
}
