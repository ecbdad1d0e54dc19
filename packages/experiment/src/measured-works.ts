import { mkdirSync, readFileSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { FloverError } from '@flover/policy';
import type { CalibrationSubject, MeasuredWork } from '@flover/simulator';

/** What was measured for a profile, before anything is fitted. */
export interface MeasuredWorks {
  readonly subject: CalibrationSubject;
  readonly works: readonly MeasuredWork[];
}

const FORMAT = 'flover-measured-works';
const FILE = 'works.jsonl';

/** Writes `works.jsonl` into a folder: a first line of what was measured, then a work a line. */
export function writeMeasuredWorks(folder: string, { subject, works }: MeasuredWorks): void {
  const lines = [{ format: FORMAT, version: 1, ...subject }, ...works];
  try {
    mkdirSync(folder, { recursive: true });
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
  const works = rest.map((line, i) => {
    const work = parse(line, path, i + 2);
    if (work?.work && work.measure) return work as unknown as MeasuredWork;
    throw invalid(`${path}:${i + 2} has no work or no measure`);
  });
  return { subject: subject as unknown as CalibrationSubject, works };
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
