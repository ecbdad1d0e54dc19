import { readFileSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { FloverError } from '@flover/policy';
import type { CalibrationSubject, MeasuredWork } from '@flover/simulator';
import { makeFolder } from '@flover/trace';

/** What was measured for a profile, before anything is fitted. */
export interface MeasuredWorks {
  readonly subject: CalibrationSubject;
  readonly works: readonly MeasuredWork[];
}

const FORMAT = 'flover-measured-works';
const FILE = 'works.jsonl';
/** What a fit reads of a line: numbers from 0 on, lists, and texts. */
const SUBJECT = {
  numbers: ['worldSize', 'kvBytesPerToken'],
  lists: ['runs'],
  texts: ['device', 'model', 'dataType'],
};
const WORK = {
  numbers: ['id', 'deadRows', 'decodeKvTokens'],
  lists: ['flags', 'from', 'to', 'moves', 'forks', 'swaps'],
  texts: [],
};
const MEASURE = {
  numbers: [
    'lane',
    'startNanos',
    'endNanos',
    'planNanos',
    'launchNanos',
    'movedBytes',
    'moveNanos',
  ],
  lists: [],
  texts: [],
};

/** Writes `works.jsonl` into a folder: a first line of what was measured, then a work a line. */
export function writeMeasuredWorks(folder: string, { subject, works }: MeasuredWorks): void {
  const lines = [{ format: FORMAT, version: 1, ...subject }, ...works];
  try {
    makeFolder(folder);
    writeFileSync(join(folder, FILE), lines.map((line) => `${JSON.stringify(line)}\n`).join(''));
  } catch (cause) {
    throw new FloverError(
      'no-results-folder',
      `cannot write ${join(folder, FILE)}: ${(cause as Error).message}`,
      'Choose another folder, on a disk that may be written and has room.',
      cause,
    );
  }
}

/** Reads what `writeMeasuredWorks` left; throws `profile-works-invalid` with the line. */
export function readMeasuredWorks(folder: string): MeasuredWorks {
  const path = join(folder, FILE);
  let text: string;
  try {
    text = readFileSync(path, 'utf8');
  } catch (cause) {
    throw invalid(`cannot read ${path}: ${(cause as Error).message}`, cause);
  }
  const [first, ...rest] = text.split('\n').filter((line) => line !== '');
  const { format, version, ...subject } = parse(first ?? 'null', path, 1) ?? {};
  if (format !== FORMAT || version !== 1) {
    throw invalid(`${path}:1 does not begin with "format":"${FORMAT}","version":1`);
  }
  check(subject, SUBJECT, `${path}:1: `);
  const works = rest.map((line, i) => {
    const at = `${path}:${i + 2}`;
    const work = parse(line, path, i + 2);
    if (!work?.work || !work.measure) throw invalid(`${at} has no work or no measure`);
    check(work.work, WORK, `${at}: work.`);
    check(work.measure, MEASURE, `${at}: measure.`);
    check(work, { numbers: ['decidedNanos'], lists: [], texts: [] }, `${at}: `);
    return work as unknown as MeasuredWork;
  });
  return { subject: subject as unknown as CalibrationSubject, works };
}

function check(value: object, { numbers, lists, texts }: typeof SUBJECT, at: string): void {
  const must = (names: readonly string[], right: (seen: unknown) => boolean, allowed: string) => {
    for (const name of names) {
      const seen = (value as Record<string, unknown>)[name];
      if (right(seen)) continue;
      const shown = JSON.stringify(seen) ?? 'missing';
      throw invalid(`${at}${name} is ${shown.slice(0, 60)}; allowed: ${allowed}`);
    }
  };
  must(numbers, (seen) => typeof seen === 'number' && seen >= 0, 'a number of at least 0');
  must(lists, Array.isArray, 'a list');
  must(texts, (seen) => typeof seen === 'string', 'a text');
}

function parse(line: string, path: string, number: number): Record<string, unknown> | null {
  try {
    return JSON.parse(line);
  } catch (cause) {
    throw invalid(`${path}:${number} is no JSON: ${(cause as Error).message}`, cause);
  }
}

function invalid(message: string, cause?: unknown): FloverError {
  const hint = 'Make them with `flover profile EXPERIMENT --keep FOLDER`.';
  return new FloverError('profile-works-invalid', message, hint, cause);
}
