import type { Sweep } from '@flover/metrics';

/** A policy's label, with a mark where it sees true output lengths. */
export function markedLabel(label: string, oracle: boolean): string {
  return oracle ? `${label} (oracle)` : label;
}

/** The sweep with every label marked that wants it. */
export function withMarks(sweep: Sweep): Sweep {
  const { oracles, baseline } = sweep;
  if (oracles === undefined) return sweep;
  const mark = (label: string) => markedLabel(label, oracles.includes(label));
  const marked = <Labelled extends { readonly label: string }>(each: Labelled): Labelled => ({
    ...each,
    label: mark(each.label),
  });
  return {
    ...sweep,
    labels: sweep.labels.map(mark),
    ...(baseline !== undefined && { baseline: mark(baseline) }),
    points: sweep.points.map(marked),
    failures: sweep.failures.map(marked),
  };
}
