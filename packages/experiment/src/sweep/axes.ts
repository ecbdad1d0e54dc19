import { canonicalJson } from '@flover/metrics';
import { isRecord } from '@flover/workload';
import { specProblem } from '../spec/problems.ts';
import { experimentSchema } from '../spec/schema.ts';
import type { YamlSource } from '../spec/source.ts';

/** A key of the experiment file with the values that a sweep puts there. */
export interface VariedKey {
  /** Dotted, as the file says it: `workload.arrivals.requestsPerSecond`, `policies.0.parameters.x`. */
  readonly key: string;
  readonly path: readonly (string | number)[];
  readonly values: readonly unknown[];
  /** Where the file has the values. */
  readonly at: readonly string[];
}

/** What a sweep varies: one key, or several together. */
export interface Axis {
  /** The key, or the name that the file gives to several. */
  readonly key: string;
  /** As many values each; those of the first tell settings apart. */
  readonly varies: readonly [VariedKey, ...VariedKey[]];
}

/** One value for each axis. */
export type Setting = readonly { readonly axis: Axis; readonly index: number }[];

/** As a sweep file writes axes: a list of values a key, or keys with such lists below a name. */
export type WrittenAxes = Readonly<Record<string, Values | Readonly<Record<string, Values>>>>;
type Values = readonly unknown[];

/** Keys that no axis may vary, with what to do instead. */
const NO_AXES: ReadonlyMap<unknown, string> = new Map([
  ['name', 'A sweep has one name.'],
  ['question', 'A sweep has one question.'],
  ['sweep', 'An axis varies a key of the experiment.'],
  ['show', 'A sweep shows the same metrics at every setting.'],
  ['baseline', 'A sweep has one baseline.'],
  ['seeds', "List the seeds under 'seeds': every setting runs with all of them."],
  ['__proto__', 'Name a key of the experiment with dots, such as workload.requests.'],
]);
const ALL_POLICIES = "List the policies under 'policies': every setting runs all of them.";
const TOGETHER =
  'One key has a list of values. Several that are varied together stand, with a list each, below a ' +
  'name of your own.';

/** The axes of a sweep file, in its order. */
export function axesOf(source: YamlSource, written: WrittenAxes): Axis[] {
  const axes = Object.entries(written).map(([key, values]): Axis => {
    if (!isRecord(values))
      return { key, varies: [variedKey(source, key, values as Values, [key])] };
    return together(source, key, values as Readonly<Record<string, Values>>);
  });
  refuseTwice(source, axes);
  return axes;
}

function variedKey(
  source: YamlSource,
  key: string,
  values: Values,
  below: readonly string[],
): VariedKey {
  const path = key.split('.').map((part) => (/^\d+$/.test(part) ? Number(part) : part));
  const at = ['sweep', ...below];
  const instead = key === 'policies' ? ALL_POLICIES : NO_AXES.get(path[0]);
  if (instead !== undefined) throw specProblem(source, at, 'this key cannot be an axis', instead);
  return { key, path, values, at };
}

/** Keys of which each setting takes the values at one place. */
function together(source: YamlSource, name: string, lists: Readonly<Record<string, Values>>): Axis {
  const problem = (message: string, ...below: string[]) =>
    specProblem(source, ['sweep', name, ...below], message, TOGETHER);
  if (name.includes('.') || Object.hasOwn(experimentSchema.shape, name)) {
    throw problem('this names a key of the experiment, and has no list of values');
  }
  const [first, ...others] = Object.entries(lists).map(([key, values]) =>
    variedKey(source, key, values, [name, key]),
  );
  if (first === undefined) throw problem('names no key that it varies');
  const count = first.values.length;
  for (const { key, values } of others) {
    if (values.length === count) continue;
    throw problem(`has ${values.length} values, and ${first.key} has ${count}`, key);
  }
  if (new Set(first.values.map(canonicalJson)).size < count) {
    throw problem('the values of the first key tell settings apart, and two are alike', first.key);
  }
  return { key: name, varies: [first, ...others] };
}

/** Of two axes that vary one key, one would have no say. */
function refuseTwice(source: YamlSource, axes: readonly Axis[]): void {
  const seen = new Set<string>();
  for (const { key, at } of axes.flatMap(({ varies }) => varies)) {
    if (seen.has(key)) throw specProblem(source, at, 'another axis varies this key, too');
    seen.add(key);
  }
}

/** Every setting, the first axis outermost; one empty setting where nothing is varied. */
export function settingsOf(axes: readonly Axis[]): Setting[] {
  return axes.reduce<Setting[]>(
    (settings, axis) =>
      settings.flatMap((setting) =>
        axis.varies[0].values.map((_, index) => [...setting, { axis, index }]),
      ),
    [[]],
  );
}

/** What each axis is at a setting, by key or name. */
export function settingValues(setting: Setting): Readonly<Record<string, unknown>> {
  return Object.fromEntries(
    setting.map(({ axis, index }) => [axis.key, axis.varies[0].values[index]]),
  );
}

/** What a setting puts where. */
export function assignments(
  setting: Setting,
): { readonly varied: VariedKey; readonly index: number }[] {
  return setting.flatMap(({ axis, index }) => axis.varies.map((varied) => ({ varied, index })));
}
