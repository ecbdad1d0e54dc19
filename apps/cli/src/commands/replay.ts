import { resolve } from 'node:path';
import { describeDecisionParity } from '@flover/metrics';
import { ExitCode } from '../exit.ts';
import { openScreen } from '../view/screen.ts';
import { runJob } from '../worker/host.ts';
import { command, jsonOption, policyOption } from './options.ts';

/** `flover replay` */
export const replayCommand = () =>
  command(
    'replay <folder> [options]',
    'Feeds the recorded events of runs to a fresh scheduler and compares its actions, byte for byte.',
    'flover replay runs/00-first-look-2026-01-01T00-00-00',
  )
    .argument('<folder>', 'a run folder, or a folder that holds run folders')
    .addOption(policyOption())
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
      for (const verdict of options.json ? [] : verdicts) {
        process.stdout.write(`${verdict.folder}: ${describeDecisionParity(verdict)}\n`);
      }
      const same = verdicts.every((verdict) => verdict.identical);
      process.exitCode = same ? ExitCode.Ok : ExitCode.CheckFailed;
    });
