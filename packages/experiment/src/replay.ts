import { existsSync, readdirSync, readFileSync } from 'node:fs';
import { join, relative } from 'node:path';
import { decisionParity, type ReplayVerdict } from '@flover/metrics';
import { createScheduler, FloverError, type PolicyDefinition } from '@flover/policy';
import { openRunFolder, readTrace, runFolderPaths } from '@flover/trace';
import { guarded, type Hooks } from './hooks.ts';
import { type LoadedPolicy, loadPolicy, loadPolicyFile } from './policy-file.ts';
import { keptPolicy, replayConfig } from './worlds/recorded-config.ts';

/** A run among others that could not be replayed, and why. Plain JSON. */
export interface DamagedRun {
  readonly label: string;
  readonly folder: string;
  readonly error: { readonly code: string; readonly message: string; readonly hint?: string };
}

/** Feeds one run's recorded events to a fresh scheduler and compares its actions. */
export function replayRun(
  folder: string,
  definition: PolicyDefinition,
  label: string,
): ReplayVerdict {
  const { tracePath } = openRunFolder(folder);
  const scheduler = createScheduler(replayConfig(folder, definition), definition);
  const parity = decisionParity(readTrace(tracePath), scheduler);
  return { label, folder, ...parity };
}

/**
 * Replays a run folder, or every one below a folder that kept its trace; how many did not is said,
 * and a damaged one among several does not keep the others from their verdicts. A user's own
 * policy is taken from `policyFile`, else from the copy that the run folder keeps.
 */
export async function replayFolder(
  folder: string,
  hooks: Hooks,
  policyFile?: string,
): Promise<(ReplayVerdict | DamagedRun)[]> {
  const found = runFoldersBelow(folder);
  const runs = found.filter((run) => run === folder || existsSync(runFolderPaths(run).tracePath));
  const without = found.length - runs.length;
  if (without > 0) hooks.say(`${without} of ${found.length} run folders kept no trace`);
  if (runs.length === 0) {
    throw new FloverError(
      'run-folder-missing',
      `there is no run with its trace in ${folder} or below`,
      'Give a folder that holds manifest.json and trace.jsonl.',
    );
  }
  const given = policyFile === undefined ? undefined : await loadPolicyFile(policyFile);
  const replayed: (ReplayVerdict | DamagedRun)[] = [];
  for (const run of runs) {
    const label = relative(folder, run);
    try {
      replayed.push(await replayKept(run, label, hooks, given));
    } catch (error) {
      if (!(error instanceof FloverError) || run === folder) throw error;
      const { code, message, hint } = error;
      replayed.push({ label, folder: run, error: { code, message, ...(hint && { hint }) } });
    }
  }
  return replayed;
}

/** Asks the policy that is given, else the copy that the run keeps, else the built-in one. */
async function replayKept(
  run: string,
  label: string,
  hooks: Hooks,
  given: LoadedPolicy | undefined,
): Promise<ReplayVerdict> {
  const { name } = openRunFolder(run).manifest.policy;
  const policy = given ?? (await loadPolicy(keptPolicy(run), name));
  return replayRun(run, guarded(policy, name, hooks), label || name);
}

/** Run folders, by name; a manifest of something else, such as a validation, makes none. */
function runFoldersBelow(folder: string): string[] {
  if (holdsRun(folder)) return [folder];
  if (!existsSync(folder)) return [];
  return readdirSync(folder, { withFileTypes: true })
    .filter((entry) => entry.isDirectory())
    .flatMap((entry) => runFoldersBelow(join(folder, entry.name)))
    .sort();
}

/** A manifest that cannot be read may be a run's: to open it says what is wrong with it. */
function holdsRun(folder: string): boolean {
  const { manifestPath } = runFolderPaths(folder);
  if (!existsSync(manifestPath)) return false;
  try {
    const { format } = JSON.parse(readFileSync(manifestPath, 'utf8'));
    return format === undefined || format === 'flover-run';
  } catch {
    return true;
  }
}
