import { type LaneView, type Plan, resumeOldest, type SequenceView } from '@flover/policy';

/** Predicted output tokens that are left. */
type Remaining = (sequence: SequenceView) => number;

/**
 * Decodes at most `rows` sequences: the oldest, so that none is paused for ever, and of the others
 * those with least remaining. Where memory runs dry, who has most remaining gives its own away.
 */
export function decodeLeast(lane: LaneView, plan: Plan, rows: number, remaining: Remaining): void {
  const decoded = new Set<SequenceView>();
  let preempted = false;
  do {
    for (const sequence of ranked(lane, plan, remaining)) {
      if (plan.rows >= rows) break;
      if (!decoded.has(sequence) && plan.decode(sequence)) decoded.add(sequence);
      if (plan.starved !== undefined) break;
    }
    if (plan.starved === undefined) break;
    preempted = true;
  } while (giveWay(lane, plan, decoded, remaining));
  if (!preempted && plan.preempted > 0) resumeOldest(plan);
}

/** Those that this lane may decode: the oldest, then by what remains. */
export function ranked(lane: LaneView, plan: Plan, remaining: Remaining): readonly SequenceView[] {
  const able = plan.sequences.filter(
    (sequence) =>
      sequence.state === 'decode' &&
      isFree(lane, sequence) &&
      sequence.plannedOutputTokens < sequence.request.maxOutputTokens,
  );
  const oldest = able[0]?.request;
  const rank = (each: SequenceView) => (each.request === oldest ? -1 : remaining(each));
  return able.sort((a, b) => rank(a) - rank(b));
}

function isFree(lane: LaneView, { busyLane }: SequenceView): boolean {
  return busyLane === -1 || busyLane === lane.index;
}

/** Takes the memory of who has most remaining and no row; never of the oldest that holds any. */
function giveWay(
  lane: LaneView,
  plan: Plan,
  decoded: ReadonlySet<SequenceView>,
  remaining: Remaining,
): boolean {
  const holding = plan.sequences.filter(({ state }) => state !== 'preempted');
  const kept = new Set([...decoded].map(({ request }) => request));
  const victims = holding
    .filter(({ request }) => request !== holding[0]?.request && !kept.has(request))
    .filter((sequence) => isFree(lane, sequence))
    .sort((a, b) => remaining(b) - remaining(a));
  return victims.some((victim) => plan.preempt(victim, 'recompute'));
}
