import type { Sweep } from '@flover/metrics';

/** A policy's label, with a mark where it sees true output lengths. */
export function markedLabel(label: string, oracle: boolean): string {
  return oracle ? `${label} (oracle)` : label;
}

/** The sweep with every label marked that wants it. */
export function withMarks(sweep: Sweep): Sweep {
  const { oracles } = sweep;
  if (oracles === undefined) return sweep;
  const marked = <Labelled extends { readonly label: string }>(each: Labelled): Labelled => ({
    ...each,
    label: markedLabel(each.label, oracles.includes(each.label)),
  });
  return {
    ...sweep,
    labels: sweep.labels.map((label) => markedLabel(label, oracles.includes(label))),
    points: sweep.points.map(marked),
    failures: sweep.failures.map(marked),
  };
}
