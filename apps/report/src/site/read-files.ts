import { existsSync, readFileSync } from 'node:fs';
import type { MetricsSummary } from '@flover/metrics';
import { openRunFolder, readTrace } from '@flover/trace';
import { type DetailLimits, runDetail } from '../data/run-detail.ts';
import type { FormattedJson, Problem, SiteRun } from '../data/site-data.ts';

/** Takes note of what cannot be read, and goes on. */
export type Complain = (problem: Problem) => void;

/** What the drawn formats hold a list of, in the version that is known. */
const LISTS: Readonly<Record<string, string>> = {
  'flover-comparison': 'cells',
  'flover-sweep': 'points',
  'flover-published': 'rows',
  'flover-validation': 'checks',
};
const VERSION = 1;

/** A JSON file that says of itself what it is; undefined for any other one. */
export function readFormatted(
  path: string,
  shown: string,
  complain: Complain,
): FormattedJson | undefined {
  try {
    const value: unknown = JSON.parse(readFileSync(path, 'utf8'));
    if (!isFormatted(value)) return undefined;
    const message = mistakeIn(value);
    if (message === undefined) return value;
    complain({ path: shown, message });
    return undefined;
  } catch (error) {
    complain({ path: shown, message: messageOf(error) });
    return undefined;
  }
}

function isFormatted(value: unknown): value is FormattedJson {
  if (typeof value !== 'object' || value === null) return false;
  const { format } = value as { format?: unknown };
  return typeof format === 'string' && format.startsWith('flover-');
}

function mistakeIn(value: FormattedJson): string | undefined {
  const list = LISTS[value.format];
  if (list === undefined) return undefined;
  if (value.version !== VERSION) {
    return `version ${String(value.version)} of ${value.format} is not known; ${VERSION} is`;
  }
  return Array.isArray(value[list]) ? undefined : `${value.format} has no list '${list}'`;
}

/** A run with what is drawn of it; undefined where its files are damaged. */
export function readRun(
  folder: string,
  shown: string,
  limits: DetailLimits,
  complain: Complain,
): SiteRun | undefined {
  try {
    const { manifest, tracePath, metricsPath } = openRunFolder(folder);
    const detail = runDetail(readTrace(tracePath), limits);
    const metrics = existsSync(metricsPath)
      ? (JSON.parse(readFileSync(metricsPath, 'utf8')) as MetricsSummary)
      : undefined;
    return { manifest, detail, ...(metrics && { metrics }) };
  } catch (error) {
    complain({ path: shown, message: messageOf(error) });
    return undefined;
  }
}

function messageOf(error: unknown): string {
  return error instanceof Error ? error.message : String(error);
}
