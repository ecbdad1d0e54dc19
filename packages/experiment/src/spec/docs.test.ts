import { readFileSync } from 'node:fs';
import { builtInPolicies } from '@flover/policy';
import { expect, test } from 'vitest';
import { z } from 'zod';
import { experimentSchema } from './schema.ts';

const page = readFileSync(
  new URL('../../../../docs/experiment-format.md', import.meta.url),
  'utf8',
);
const experiment = page.slice(0, page.indexOf('## Sweeps'));

interface JsonSchema {
  readonly properties?: Readonly<Record<string, JsonSchema>>;
  readonly [word: string]: unknown;
}

/** Every key below a schema, dotted; keys of lists and alternatives stand where the list does. */
function keysOf(schema: JsonSchema, at = ''): string[] {
  return Object.entries(schema).flatMap(([word, inner]) => {
    if (typeof inner !== 'object' || inner === null) return [];
    if (word !== 'properties') return keysOf(inner as JsonSchema, at);
    return Object.entries(inner as Record<string, JsonSchema>).flatMap(([key, below]) => {
      const path = at === '' ? key : `${at}.${key}`;
      return [path, ...keysOf(below, path)];
    });
  });
}

const schema = z.toJSONSchema(experimentSchema, { io: 'input', unrepresentable: 'any' });
const keys = [...new Set(keysOf(schema as JsonSchema))];
const words = (text: string) => text.match(/[A-Za-z][A-Za-z0-9-]*/g) ?? [];
/** Words that the page sets as code. */
const told = new Set([...experiment.matchAll(/`([^`]+)`/g)].flatMap(([, code]) => words(code!)));

test('the schema was walked', () => {
  for (const key of ['model.checkpoint', 'policies.memory.hostBlocks', 'workload.cancels.share']) {
    expect(keys).toContain(key);
  }
});

/** What may be chosen below a schema. */
function choicesOf(value: unknown): string[] {
  if (typeof value !== 'object' || value === null) return [];
  const { const: only, enum: several, ...further } = value as Record<string, unknown>;
  const here = [only, ...(Array.isArray(several) ? several : [])];
  return [
    ...here.filter((choice) => typeof choice === 'string'),
    ...Object.values(further).flatMap(choicesOf),
  ];
}

test.each([...new Set(choicesOf(schema))])('the choice %s is told', (choice) => {
  expect(told).toContain(choice);
});

test.each(keys)('%s is told', (key) => {
  expect(told).toContain(key.split('.').at(-1));
});

test('every key of the first table is one', () => {
  const table = experiment.slice(0, experiment.indexOf('## Workloads'));
  const rows = [...table.matchAll(/^\| `([A-Za-z.]+)` \|/gm)].map(([, key]) => key!);
  expect(rows.length).toBeGreaterThan(15);
  for (const key of rows) expect(keys).toContain(key);
});

test.each(builtInPolicies)('$name is told with its parameters and defaults', (policy) => {
  const row = page.split('\n').find((line) => line.startsWith(`| \`${policy.name}\` |`)) ?? '';
  const written = [...row.matchAll(/`(\w+): ([^`]+)`/g)].map(([, name, value]) => [name, value]);
  expect(page).toContain('Each also takes `preemption: recompute`');
  const all = { ...Object.fromEntries(written), preemption: 'recompute' };
  const defaults = Object.entries(policy.parameters).map(([name, value]) => [name, String(value)]);
  expect(all).toEqual(Object.fromEntries(defaults));
});
