import { resolve } from 'node:path';
import { ExitCode } from '../exit.ts';
import { openScreen } from '../view/screen.ts';
import { runJob } from '../worker/host.ts';
import type { LawVerdict } from '../worker/job.ts';
import { command, jsonOption, wholeNumber } from './options.ts';

/** `flover laws` */
export const lawsCommand = () =>
  command(
    'laws <policy> [options]',
    'Attacks a policy with the law suite and prints a shrunk counterexample where it is wrong.',
    'flover laws ./mine.ts --cases 1000',
  )
    .argument('<policy>', 'a policy file (.ts or .js)')
    .option('--cases <n>', 'cases for each law', wholeNumber, 200)
    .option('--seed <n>', 'seed of the cases, to repeat an attack', wholeNumber)
    .addOption(jsonOption())
    .action(async (file: string, options: { cases: number; seed?: number; json?: boolean }) => {
      const screen = openScreen(process.stderr, options.json === true);
      const verdicts = await runJob(
        {
          kind: 'laws',
          policyFile: resolve(file),
          cases: options.cases,
          ...(options.seed === undefined ? {} : { seed: options.seed }),
        },
        screen,
      ).finally(() => screen.close());
      if (options.json) process.stdout.write(`${JSON.stringify(verdicts)}\n`);
      for (const { law, statement, verdict, cases, seed, counterexample } of shown(
        options,
        verdicts,
      )) {
        process.stdout.write(`${WORDS[verdict]}  ${law}: ${statement} (${cases} worlds)\n`);
        if (counterexample) {
          process.stdout.write(
            `\n${counterexample}\n\nTo see it again: flover laws '${file}' --cases ${options.cases} --seed ${seed}\n\n`,
          );
        }
      }
      const holds = verdicts.every(({ verdict }) => verdict !== 'failed');
      process.exitCode = holds ? ExitCode.Ok : ExitCode.CheckFailed;
    });

const WORDS = { passed: 'holds  ', failed: 'BROKEN ', 'not-bound': 'no claim' } as const;

function shown(
  options: { json?: boolean },
  verdicts: readonly LawVerdict[],
): readonly LawVerdict[] {
  return options.json ? [] : verdicts;
}
