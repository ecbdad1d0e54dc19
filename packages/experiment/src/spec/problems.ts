import { FloverError, nearest } from '@flover/policy';
import type { z } from 'zod';

import type { YamlSource } from './source.ts';

/** What a sweep file says beside its experiment. */
const OF_SWEEPS = ['sweep', 'show', 'baseline'];

/** Turns what a schema found wrong into one error with a line for each problem. */
export function specError(source: YamlSource, schema: z.ZodType, error: z.ZodError): FloverError {
  const lines = error.issues.flatMap((issue) => describe(source, schema, issue));
  return new FloverError(
    'bad-experiment',
    lines.join('\n'),
    'Mend the lines named above; docs/experiment-format.md lists every key with its unit.',
  );
}

/** One problem that a schema cannot see, at a path of the text. */
export function specProblem(
  source: YamlSource,
  path: readonly PropertyKey[],
  message: string,
  hint?: string,
): FloverError {
  const where = `${source.locate(path)}: ${path.map(String).join('.')}`;
  return new FloverError('bad-experiment', `${where}: ${message}`, hint);
}

function describe(source: YamlSource, schema: z.ZodType, issue: z.core.$ZodIssue): string[] {
  const within = withinOption(issue);
  if (within !== undefined) return within.flatMap((inner) => describe(source, schema, inner));
  const name = issue.path.map(String).join('.') || 'the experiment';
  if (issue.code === 'unrecognized_keys') {
    const known = keysAt(schema, source.value, issue.path);
    return issue.keys.map((key) => {
      const atTop = issue.path.length === 0;
      const near = nearest(key, atTop ? [...known, ...OF_SWEEPS] : known);
      const guess = near ? `did you mean '${near}'?` : `known here: ${known.join(', ')}.`;
      if (atTop && OF_SWEEPS.includes(key)) {
        const what = key === 'sweep' ? 'varies an experiment' : 'belongs to a sweep';
        return `${source.locate([], key)}: '${key}' ${what}; \`flover sweep FILE\` runs it`;
      }
      return `${source.locate(issue.path, key)}: unknown key '${key}' in ${name}; ${guess}`;
    });
  }
  const value = valueAt(source.value, issue.path);
  const said = issue.code === 'custom' ? issue.message : allowed(issue, value);
  return [`${source.locate(issue.path)}: ${name} is ${show(value)}; ${said}`];
}

/** Of a union whose value is of one option's kind, but wrong within: what is wrong there. */
function withinOption(issue: z.core.$ZodIssue): z.core.$ZodIssue[] | undefined {
  if (issue.code !== 'invalid_union') return undefined;
  const within = issue.errors.find((option) =>
    option.some(({ code, path }) => path.length > 0 || code === 'unrecognized_keys'),
  );
  return within?.map((inner) => ({ ...inner, path: [...issue.path, ...inner.path] }));
}

function allowed(issue: z.core.$ZodIssue, value: unknown): string {
  const options = optionsOf(issue);
  if (options.length === 0) return issue.message;
  const near = typeof value === 'string' ? nearest(value, options) : undefined;
  return `allowed: ${options.join(', ')}${near ? `; did you mean '${near}'?` : hintOf(issue, value)}`;
}

/** What is allowed, as words to choose from or a condition; nothing where only the schema knows. */
function optionsOf(issue: z.core.$ZodIssue): string[] {
  switch (issue.code) {
    case 'invalid_value':
      return issue.values.map(String);
    case 'invalid_union':
      return 'options' in issue
        ? (issue.options as unknown[]).map(String)
        : issue.errors.flatMap((option) => option.flatMap(optionsOf));
    case 'too_small':
      return [
        `${issue.inclusive ? 'at least' : 'more than'} ${issue.minimum}${entries(issue.origin, issue.minimum)}`,
      ];
    case 'too_big':
      return [
        `${issue.inclusive ? 'at most' : 'less than'} ${issue.maximum}${entries(issue.origin, issue.maximum)}`,
      ];
    case 'invalid_type':
      return [KINDS[issue.expected] ?? `a ${issue.expected}`];
    default:
      return [];
  }
}

/** What bounds of a list count. */
function entries(origin: string, count: number | bigint): string {
  if (origin !== 'array') return '';
  return count === 1 ? ' entry' : ' entries';
}

/** Kinds of values in words. */
const KINDS: Readonly<Record<string, string>> = {
  number: 'a finite number',
  int: 'a whole number',
  string: 'a text',
  array: 'a list',
  record: 'keys with values',
  object: 'keys with values',
};

/** Of texts where a number belongs, and the other way round: units stand in the key's name. */
function hintOf(issue: z.core.$ZodIssue, value: unknown): string {
  if (issue.code !== 'invalid_type') return '';
  if (issue.expected === 'string' && ['number', 'boolean'].includes(typeof value)) {
    return `; in quotes it is one: '${value}'`;
  }
  if (typeof value !== 'string') return '';
  if (!['number', 'int'].includes(issue.expected)) return '';
  if (/^[-+]?[\d.,_]+$/.test(value)) return '; write its digits alone, without quotes';
  return /^[-+]?[\d.]+ ?[a-zA-Z\u00b5\u03bc/%]+$/.test(value)
    ? "; write the bare number, in the unit that the key's name ends with"
    : '';
}

function show(value: unknown): string {
  if (value === undefined) return 'missing';
  if (typeof value === 'string') return `'${value}'`;
  // JSON has no words for what is not finite.
  if (typeof value === 'number') return String(value);
  return JSON.stringify(value);
}

function valueAt(value: unknown, path: readonly PropertyKey[]): unknown {
  return path.reduce<unknown>(
    (at, key) => (at === null || at === undefined ? undefined : (at as never)[key]),
    value,
  );
}

/** The keys that a strict object schema allows at a path; unions are followed by their value. */
function keysAt(schema: z.ZodType, value: unknown, path: readonly PropertyKey[]): string[] {
  const schemas = [schema, ...path.map(() => undefined)];
  let current: Set<SchemaNode> = new Set([schemas[0] as unknown as SchemaNode]);
  for (let depth = 0; ; depth++) {
    const objects = [...current].flatMap((node) =>
      objectsOf(node, valueAt(value, path.slice(0, depth))),
    );
    if (depth === path.length)
      return [...new Set(objects.flatMap((o) => Object.keys(o.shape ?? {})))];
    const key = String(path[depth]);
    current = new Set(
      [...current, ...objects].flatMap((node) => {
        const element = unwrap(node).element;
        const child = unwrap(node).shape?.[key] ?? (element ? element : undefined);
        return child ? [child] : [];
      }),
    );
  }
}

interface SchemaNode {
  readonly shape?: Record<string, SchemaNode>;
  readonly options?: readonly SchemaNode[];
  readonly element?: SchemaNode;
  readonly def?: { readonly innerType?: SchemaNode; readonly in?: SchemaNode };
}

function unwrap(node: SchemaNode): SchemaNode {
  let at = node;
  for (let inner = at.def?.innerType ?? at.def?.in; inner; inner = at.def?.innerType ?? at.def?.in)
    at = inner;
  return at;
}

function objectsOf(node: SchemaNode, value: unknown): SchemaNode[] {
  const plain = unwrap(node);
  if (plain.shape) return [plain];
  const options = plain.options?.flatMap((option) => objectsOf(option, value)) ?? [];
  const kind = (value as { kind?: unknown } | null)?.kind;
  const chosen = options.filter((option) => {
    const literal = option.shape?.kind as unknown as { value?: unknown } | undefined;
    return kind === undefined || literal?.value === kind;
  });
  return chosen.length > 0 ? chosen : options;
}
