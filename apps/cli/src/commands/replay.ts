import { relative, resolve } from 'node:path';
import { describeDecisionParity } from '@flover/metrics';
import { ExitCode } from '../exit.ts';
import { openScreen } from '../view/screen.ts';
import { runJob } from '../worker/host.ts';
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
      const verdicts = await runJob(
        {
          kind: 'replay',
          folder: resolve(folder),
          ...(options.policy ? { policyFile: resolve(options.policy) } : {}),
        },
        screen,
      ).finally(() => screen.close());
      if (options.json) process.stdout.write(`${JSON.stringify(verdicts)}\n`);
      const identical = verdicts.filter((verdict) => verdict.identical).length;
      const same = identical === verdicts.length;
      if (!options.json) {
        for (const verdict of verdicts) {
          const run = relative('', verdict.folder) || '.';
          process.stdout.write(`${run}: ${describeDecisionParity(verdict)}\n`);
        }
        if (verdicts.length > 1) {
          process.stdout.write(`\n${identical} of ${verdicts.length} runs replay identically\n`);
        }
      }
      process.exitCode = same ? ExitCode.Ok : ExitCode.CheckFailed;
    });
