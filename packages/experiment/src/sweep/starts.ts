import { existsSync, readFileSync } from 'node:fs';
import { hostname } from 'node:os';
import { join } from 'node:path';
import { writeJson } from '@flover/trace';
import { parseJsonLine } from '@flover/workload';
import { type Commit, sourceCommit } from '../provenance.ts';

/** One start of a sweep: who made which part of its results. */
export interface SweepStart {
  /** ISO 8601, UTC. */
  readonly at: string;
  readonly commit: Commit;
  readonly node: string;
  readonly host: string;
  readonly commandLine: readonly string[];
  /** Cells of the sweep, and those of them that this start had to do. */
  readonly cells: number;
  readonly todo: number;
}

interface StartsDocument {
  readonly format: 'flover-sweep-starts';
  readonly version: 1;
  readonly starts: readonly SweepStart[];
}

/** Adds this start to `starts.json`; says so where earlier cells were made by another commit. */
export function recordStart(
  out: string,
  runner: { readonly commandLine: readonly string[]; say(text: string): void },
  counts: Pick<SweepStart, 'cells' | 'todo'>,
): readonly SweepStart[] {
  const path = join(out, 'starts.json');
  const earlier = existsSync(path)
    ? (parseJsonLine(readFileSync(path, 'utf8')) as Partial<StartsDocument>).starts
    : undefined;
  const commit = sourceCommit();
  const start: SweepStart = {
    at: new Date().toISOString(),
    commit,
    node: process.version,
    host: hostname(),
    commandLine: [...runner.commandLine],
    ...counts,
  };
  const starts = [...(earlier ?? []), start];
  const document: StartsDocument = { format: 'flover-sweep-starts', version: 1, starts };
  writeJson(path, document);
  const done = counts.cells - counts.todo;
  if (done > 0) runner.say(`${done} of ${counts.cells} cells are there already.`);
  const others = earlierCommits(starts);
  if (done > 0 && others.length > 0) {
    runner.say(
      `Some were made by commit ${others.join(', ')}, the rest comes from ${commit.id}: ` +
        `choose another folder, or remove ${join(out, 'results.jsonl')}, to make all of them anew.`,
    );
  }
  return starts;
}

/** Commits of earlier starts that are not the last one's. */
export function earlierCommits(starts: readonly SweepStart[]): string[] {
  const last = starts.at(-1)?.commit.id;
  return [...new Set(starts.map(({ commit }) => commit.id))].filter((id) => id !== last);
}
