import { z } from 'zod';
import { specError, specProblem } from '../spec/problems.ts';
import type { YamlSource } from '../spec/source.ts';

/** A key of the experiment file that a sweep varies. */
export interface Axis {
  /** Dotted, as the file says it: `workload.arrivals.requestsPerSecond`, `policies.0.parameters.x`. */
  readonly key: string;
  readonly path: readonly (string | number)[];
  readonly values: readonly unknown[];
}

/** One value for each axis. */
export type Setting = readonly { readonly axis: Axis; readonly index: number }[];

/** Keys that no axis may vary, with what to do instead. */
const NO_AXES: ReadonlyMap<unknown, string> = new Map([
  ['name', 'A sweep has one name.'],
  ['question', 'A sweep has one question.'],
  ['sweep', 'An axis varies a key of the experiment.'],
  ['seeds', "List the seeds under 'seeds': every setting runs with all of them."],
  ['__proto__', 'Name a key of the experiment with dots, such as workload.requests.'],
]);
const ALL_POLICIES = "List the policies under 'policies': every setting runs all of them.";

const sweepSchema = z.looseObject({
  sweep: z.record(z.string(), z.array(z.unknown()).min(1)).default({}),
});

/** The axes of a sweep file, in its order. */
export function readAxes(source: YamlSource): Axis[] {
  const parsed = sweepSchema.safeParse(source.value);
  if (!parsed.success) throw specError(source, sweepSchema, parsed.error);
  return Object.entries(parsed.data.sweep).map(([key, values]) => {
    const path = key.split('.').map((part) => (/^\d+$/.test(part) ? Number(part) : part));
    const instead = key === 'policies' ? ALL_POLICIES : NO_AXES.get(path[0]);
    if (instead !== undefined) {
      throw specProblem(source, ['sweep', key], 'this key cannot be an axis', instead);
    }
    return { key, path, values };
  });
}

/** Every setting, the first axis outermost; one empty setting where nothing is varied. */
export function settingsOf(axes: readonly Axis[]): Setting[] {
  return axes.reduce<Setting[]>(
    (settings, axis) =>
      settings.flatMap((setting) => axis.values.map((_, index) => [...setting, { axis, index }])),
    [[]],
  );
}

/** The values of a setting, by key. */
export function settingValues(setting: Setting): Readonly<Record<string, unknown>> {
  return Object.fromEntries(setting.map(({ axis, index }) => [axis.key, axis.values[index]]));
}

/**
 * The experiment's text with the values of a setting in it, without the sweep; whatever is wrong
 * with such a value has the line of the sweep on which it stands.
 */
export function withSetting(source: YamlSource, setting: Setting): YamlSource {
  const { sweep: _, ...value } = structuredClone(source.value) as Record<string, unknown>;
  for (const { axis, index } of setting) {
    put(source, value, axis, structuredClone(axis.values[index]));
  }
  return {
    file: source.file,
    value,
    locate(path, key) {
      const whole = key === undefined ? path : [...path, key];
      for (const { axis, index } of setting.toReversed()) {
        if (!axis.path.every((part, i) => String(whole[i]) === String(part))) continue;
        // The key itself is wrong, or something within its value.
        if (whole.length === axis.path.length && key !== undefined) {
          return source.locate(['sweep'], axis.key);
        }
        return source.locate(['sweep', axis.key, index, ...path.slice(axis.path.length)], key);
      }
      return source.locate(path, key);
    },
  };
}

function put(
  source: YamlSource,
  experiment: Record<string | number, unknown>,
  { key, path }: Axis,
  value: unknown,
): void {
  let at = experiment;
  for (const [depth, part] of path.entries()) {
    const where = path.slice(0, depth).join('.');
    const problem = (message: string, hint: string) =>
      specProblem(source, ['sweep', key], `${where} is ${message}`, hint);
    if (!isObject(at)) {
      throw problem(
        `${JSON.stringify(at)}, which has no keys`,
        `Write ${where} with its keys in the experiment.`,
      );
    }
    if (Array.isArray(at) && !Object.hasOwn(at, part)) {
      const hint = `Its entries are counted from 0 to ${at.length - 1}.`;
      throw problem(`a list of ${at.length}, which has no entry '${part}'`, hint);
    }
    if (depth === path.length - 1) {
      at[part] = value;
      return;
    }
    at[part] ??= {};
    // A policy's name alone is a policy without parameters of its own.
    if (at === experiment.policies && typeof at[part] === 'string') at[part] = { name: at[part] };
    at = at[part] as typeof at;
  }
}

function isObject(value: unknown): value is Record<string | number, unknown> {
  return typeof value === 'object' && value !== null;
}
