import type { ReplayCosts } from '@flover/metrics';
import type { Work } from '@flover/policy';
import type { CostModel, WorkCost } from '@flover/simulator';

/** A cost model as a replay of decisions asks it: each work is costed once. */
export function replayCosts(model: CostModel): ReplayCosts {
  const costs = new WeakMap<Work, WorkCost>();
  const costOf = (work: Work): WorkCost => {
    let cost = costs.get(work);
    if (cost === undefined) {
      // Models may hand out one object again and again; a replay keeps several works in flight.
      cost = { ...model.costOf(work) };
      costs.set(work, cost);
    }
    return cost;
  };
  return {
    predictNanos: (work) => costOf(work).soloNanos,
    freshState() {
      const state = model.freshState?.();
      return (
        state && {
          begin: (work, timeNanos, sharers) => state.begin(costOf(work), timeNanos, sharers),
          end: (work, timeNanos) => state.end(costOf(work), timeNanos),
        }
      );
    },
    moveNanos: (work) => costOf(work).moveNanos,
    planNanos: (work) => costOf(work).planNanos,
    launchNanos: (work) => costOf(work).launchNanos,
    latencyNanos: (work) => costOf(work).latencyNanos ?? costOf(work).launchNanos,
    gapNanos: (work) => costOf(work).gapNanos ?? 0,
    noticeNanos: model.noticeNanos ?? 0,
    slowdowns(running, factors, sharers) {
      model.slowdowns?.(running.map(costOf), factors, sharers);
    },
  };
}
