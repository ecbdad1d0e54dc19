import { canonicalJson, type MetricKey, metricDefinition, type SweepPoint } from '@flover/metrics';
import { ALIKE_PERCENT, areAlike } from '../facts/alike.ts';
import { amount, type Quantity, quantityOf } from '../facts/varied.ts';
import { listed, number, withUnit } from '../marks/format.ts';
import type { SweepView } from './sweep-drawing.ts';

/** Which policy does best by the first metric, where, and by how much. */
export function sweepSentence(view: SweepView): string {
  const [key] = view.keys;
  if (key === undefined) return 'Nothing was asked for.';
  return metricDefinition(key)!.better === 'higher' ? highest(view, key) : widest(view, key);
}

/** Who reaches the highest value anywhere, and how near the others come anywhere. */
function highest({ slice }: SweepView, key: MetricKey): string {
  const { label, unit } = metricDefinition(key)!;
  const ranked = slice.points
    .flatMap((point) => {
      const estimate = point.metrics[key]?.estimate;
      return estimate === undefined ? [] : [{ point, estimate }];
    })
    .sort((a, b) => b.estimate - a.estimate);
  const [best] = ranked;
  if (best === undefined) return 'No cell served a request.';
  const at = slice.along === undefined ? '' : ` at ${place(best.point.axes, slice.along)}`;
  const firsts = ranked.filter(
    ({ point }, i) => ranked.findIndex((other) => other.point.label === point.label) === i,
  );
  const isAlike = ({ point, estimate }: (typeof ranked)[number]) =>
    areAlike(estimate, best.estimate) &&
    canonicalJson(point.axes) === canonicalJson(best.point.axes);
  const rival = firsts.find((first) => !isAlike(first));
  const alike = firsts.filter(isAlike).map(({ point }) => point.label);
  const highest = `the highest ${label.toLowerCase()}, ${withUnit(best.estimate, unit)}${at}`;
  const top =
    alike.length === 1
      ? `${alike[0]} reaches ${highest}`
      : `${listed(alike)} are alike: they reach ${highest}, within ${ALIKE_PERCENT} % of each other`;
  if (rival === undefined) return `${top}.`;
  return `${top}; of the others ${rival.point.label} comes to ${number((100 * rival.estimate) / best.estimate)} % of it.`;
}

/** Who is lowest and highest at the setting at which policies lie furthest apart. */
function widest({ slice, estimateOf, labels }: SweepView, key: MetricKey): string {
  const { label, unit } = metricDefinition(key)!;
  const settings = new Map<string, { point: SweepPoint; estimate: number }[]>();
  for (const point of slice.points) {
    const estimate = estimateOf(point, key)?.estimate;
    if (estimate === undefined) continue;
    const setting = canonicalJson(point.axes);
    settings.set(setting, [...(settings.get(setting) ?? []), { point, estimate }]);
  }
  const ranked = [...settings.values()].map((all) => all.sort((a, b) => a.estimate - b.estimate));
  // Of one policy, where it is lowest; of several, where they differ most.
  const spread = (all: (typeof ranked)[number]) =>
    labels.length === 1 ? -all[0]!.estimate : all.at(-1)!.estimate - all[0]!.estimate;
  const [most] = ranked.sort((a, b) => spread(b) - spread(a));
  if (most === undefined) return 'No cell served a request.';
  const [first, last] = [most[0]!, most.at(-1)!];
  const where = slice.along === undefined ? '' : ` at ${place(first.point.axes, slice.along)}`;
  const value = (estimate: number) => withUnit(estimate, unit);
  const firsts = most.filter(({ estimate }) => areAlike(estimate, first.estimate));
  const names = listed(firsts.map(({ point }) => point.label));
  const within = `within ${ALIKE_PERCENT} % of each other`;
  if (labels.length === 1) {
    return `${names} has its lowest ${lowered(label)}, ${value(first.estimate)},${where || ' here'}.`;
  }
  if (firsts.length === most.length) {
    return `${names} are alike in ${lowered(label)} everywhere: ${value(first.estimate)}${where}, ${within}.`;
  }
  const have = firsts.length === 1 ? 'has' : 'have';
  const alike = firsts.length === 1 ? '' : ` (${within})`;
  return (
    `Policies differ most${where}: ${names} ${have} the lowest ${lowered(label)}, ` +
    `${value(first.estimate)}${alike}, ${last.point.label} the highest, ${value(last.estimate)}.`
  );
}

/** A label within a sentence; abbreviations stay. */
export function lowered(label: string): string {
  return /^[A-Z][a-z]/.test(label) ? label.charAt(0).toLowerCase() + label.slice(1) : label;
}

/** The place along an axis of numbers in words. */
export function place(axes: Readonly<Record<string, unknown>>, along: string): string {
  const quantity: Quantity = quantityOf(along);
  return amount(axes[along] as number, quantity);
}
