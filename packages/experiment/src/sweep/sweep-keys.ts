import { CATALOG, type MetricKey, metricDefinition } from '@flover/metrics';
import { nearest } from '@flover/policy';
import { isRecord } from '@flover/workload';
import { z } from 'zod';
import { specError } from '../spec/problems.ts';
import type { YamlSource } from '../spec/source.ts';
import type { WrittenAxes } from './axes.ts';

/** What a sweep file says beside its experiment. */
export interface SweepKeys {
  /** What is varied. */
  readonly sweep: WrittenAxes;
  /** The metrics that tables and figures show, the most important one first. */
  readonly show?: readonly MetricKey[] | undefined;
  /** The label of the policy from which the differences of the others are told. */
  readonly baseline?: string | undefined;
}

const METRICS = CATALOG.map(({ key }) => key);

const showSchema = z
  .array(z.string())
  .min(1)
  .superRefine((keys, context) => {
    keys.forEach((key, i) => {
      const problem = (message: string) =>
        context.addIssue({ code: 'custom', path: [i], message: `allowed: ${message}` });
      if (metricDefinition(key) === undefined) {
        const near = nearest(key, METRICS);
        const guess = near === undefined ? '' : `; did you mean '${near}'?`;
        problem(`a metric of docs/metrics.md${guess}`);
      } else if (keys.indexOf(key) < i) problem('each metric once');
    });
  })
  .transform((keys) => keys as MetricKey[]);

const valuesSchema = z.array(z.unknown()).min(1);

/** The keys of a sweep in a file that an experiment does not have. */
export function readSweepKeys(source: YamlSource): SweepKeys {
  const schema = z.looseObject({
    sweep: sweepSchemaFor(source.value),
    show: showSchema.optional(),
    baseline: z.string().optional(),
  });
  const parsed = schema.safeParse(source.value);
  if (!parsed.success) throw specError(source, schema, parsed.error);
  const { sweep, show, baseline } = parsed.data;
  return { sweep, show, baseline };
}

/** Below a key stands a list; what has keys of its own is meant as several that are varied together. */
function sweepSchemaFor(file: unknown) {
  const written = isRecord(file) ? file.sweep : undefined;
  if (!isRecord(written)) return z.record(z.string(), valuesSchema).default({});
  const shape = Object.entries(written).map(
    ([key, below]) =>
      [key, isRecord(below) ? z.record(z.string(), valuesSchema) : valuesSchema] as const,
  );
  return z.object(Object.fromEntries(shape));
}

/** A sweep file's experiment alone. */
export function withoutSweepKeys({ value }: YamlSource): Record<string, unknown> {
  const { sweep: _, show: __, baseline: ___, ...experiment } = value as Record<string, unknown>;
  return experiment;
}
