import { FloverError, nearest } from '@flover/policy';
import type { z } from 'zod';

import type { YamlSource } from './source.ts';

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
  const name = issue.path.map(String).join('.') || 'the experiment';
  if (issue.code === 'unrecognized_keys') {
    const known = keysAt(schema, source.value, issue.path);
    return issue.keys.map((key) => {
      const near = nearest(key, known);
      const guess = near ? `did you mean '${near}'?` : `known here: ${known.join(', ')}.`;
      return `${source.locate(issue.path, key)}: unknown key '${key}' in ${name}; ${guess}`;
    });
  }
  const seen = show(valueAt(source.value, issue.path));
  return [`${source.locate(issue.path)}: ${name} is ${seen}; ${allowed(issue, seen)}`];
}

function allowed(issue: z.core.$ZodIssue, seen: string): string {
  switch (issue.code) {
    case 'invalid_value':
      return oneOf(issue.values.map(String), seen);
    case 'invalid_union': {
      const options = 'options' in issue ? (issue.options as unknown[]).map(String) : [];
      return options.length > 0 ? oneOf(options, seen) : issue.message;
    }
    case 'too_small':
      return `allowed: ${issue.inclusive ? 'at least' : 'more than'} ${issue.minimum}`;
    case 'too_big':
      return `allowed: ${issue.inclusive ? 'at most' : 'less than'} ${issue.maximum}`;
    case 'invalid_type':
      return `allowed: ${KINDS[issue.expected] ?? `a ${issue.expected}`}${unitHint(seen)}`;
    default:
      return issue.message;
  }
}

/** Kinds of values in words. */
const KINDS: Readonly<Record<string, string>> = {
  int: 'a whole number',
  array: 'a list',
  record: 'keys with values',
  object: 'keys with values',
};

function oneOf(options: readonly string[], seen: string): string {
  const near = nearest(seen.replaceAll("'", ''), options);
  return `allowed: ${options.join(', ')}${near ? `; did you mean '${near}'?` : ''}`;
}

/** "50ms" where a number belongs: units stand in the key's name, never in the value. */
function unitHint(seen: string): string {
  return /^'[\d.]+ ?[a-zA-Z/%]+'$/.test(seen)
    ? "; write the bare number, in the unit that the key's name ends with"
    : '';
}

function show(value: unknown): string {
  if (value === undefined) return 'missing';
  if (typeof value === 'string') return `'${value}'`;
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
