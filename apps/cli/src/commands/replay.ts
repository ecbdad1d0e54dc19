import { relative, resolve } from 'node:path';
import { describeDecisionParity } from '@flover/metrics';
import { ExitCode, exitCodeOf } from '../exit.ts';
import { openScreen } from '../view/screen.ts';
import { runJob } from '../worker/host.ts';
import type { JobResults } from '../worker/job.ts';
import { command, jsonOption } from './options.ts';

/** `flover replay` */
export const replayCommand = () =>
  command(
    'replay <folder> [options]',
    'Feeds the recorded events of runs to a fresh scheduler and compares its actions, byte for byte.',
    'flover replay runs/first-look-2026-01-01T00-00-00',
  )
    .argument('<folder>', 'a run folder, or a folder that holds run folders')
    .option('-p, --policy <file>', 'ask this policy (.ts or .js) in place of the one that ran')
    .addOption(jsonOption())
    .action(async (folder: string, options: { policy?: string; json?: boolean }) => {
      const screen = openScreen(process.stderr, options.json === true);
      const runs = await runJob(
        {
          kind: 'replay',
          folder: resolve(folder),
          ...(options.policy ? { policyFile: resolve(options.policy) } : {}),
        },
        screen,
      ).finally(() => screen.close());
      process.stdout.write(options.json ? `${JSON.stringify(runs)}\n` : describe(runs));
      const damaged = runs.find((run) => 'error' in run);
      if (damaged !== undefined) process.exitCode = exitCodeOf(damaged.error);
      else process.exitCode = runs.every(isIdentical) ? ExitCode.Ok : ExitCode.CheckFailed;
    });

type Runs = JobResults['replay'];

function isIdentical(run: Runs[number]): boolean {
  return 'identical' in run && run.identical;
}

function describe(runs: Runs): string {
  const lines = runs.map((run) => {
    const name = relative('', run.folder) || '.';
    if (!('error' in run)) return `${name}: ${describeDecisionParity(run)}\n`;
    const { code, message, hint } = run.error;
    return `${name}: cannot be replayed [${code}] ${message}${hint ? `\n  ${hint}` : ''}\n`;
  });
  if (runs.length === 1) return lines.join('');
  const damaged = runs.filter((run) => 'error' in run).length;
  return [
    ...lines,
    `\n${runs.filter(isIdentical).length} of ${runs.length} runs replay identically`,
    damaged === 0 ? '\n' : `, ${damaged} cannot be replayed\n`,
  ].join('');
}
