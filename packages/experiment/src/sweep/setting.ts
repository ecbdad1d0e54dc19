import { specProblem } from '../spec/problems.ts';
import type { YamlSource } from '../spec/source.ts';
import { assignments, type Setting, type VariedKey } from './axes.ts';
import { withoutSweepKeys } from './sweep-keys.ts';

/**
 * The experiment's text with the values of a setting in it, without the sweep; whatever is wrong
 * with such a value has the line of the sweep on which it stands.
 */
export function withSetting(source: YamlSource, setting: Setting): YamlSource {
  const value = structuredClone(withoutSweepKeys(source));
  const assigned = assignments(setting);
  for (const { varied, index } of assigned) {
    put(source, value, varied, structuredClone(varied.values[index]));
  }
  return {
    file: source.file,
    value,
    locate(path, key) {
      const whole = key === undefined ? path : [...path, key];
      for (const { varied, index } of assigned.toReversed()) {
        if (!varied.path.every((part, i) => String(whole[i]) === String(part))) continue;
        // The key itself is wrong, or something within its value.
        if (whole.length === varied.path.length && key !== undefined) {
          return source.locate(varied.at.slice(0, -1), varied.key);
        }
        return source.locate([...varied.at, index, ...path.slice(varied.path.length)], key);
      }
      return source.locate(path, key);
    },
  };
}

function put(
  source: YamlSource,
  experiment: Record<string | number, unknown>,
  { path, at: place }: VariedKey,
  value: unknown,
): void {
  let at = experiment;
  for (const [depth, part] of path.entries()) {
    const where = path.slice(0, depth).join('.');
    const problem = (message: string, hint: string) =>
      specProblem(source, place, `${where} is ${message}`, hint);
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
