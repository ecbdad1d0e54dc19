import { resolve } from 'node:path';
import { InvalidArgumentError, Option } from 'commander';
import { ExitCode } from '../exit.ts';
import { openScreen } from '../view/screen.ts';
import { runJob } from '../worker/host.ts';
import type { LawsJob, LawVerdict } from '../worker/job.ts';
import { atLeastOne, command, jsonOption, wholeNumber } from './options.ts';

type Parameters = LawsJob['parameters'][number];

interface LawsOptions extends Pick<LawsJob, 'cases' | 'seed' | 'parameters'> {
  readonly json?: boolean;
}

/** `flover laws` */
export const lawsCommand = () =>
  command(
    'laws <policy> [options]',
    'Attacks a policy with the law suite and prints a shrunk counterexample where it is wrong.',
    'flover laws ./mine.ts --cases 1000',
  )
    .argument('<policy>', 'a policy file (.ts or .js)')
    .option('--cases <n>', 'cases for each law', atLeastOne, 200)
    .option('--seed <n>', 'seed of the cases, to repeat an attack', wholeNumber)
    .addOption(
      new Option('--parameters <json>', 'its parameters in some of the worlds; may be repeated')
        .argParser(also)
        .default([], 'its own'),
    )
    .addOption(jsonOption())
    .action(async (file: string, options: LawsOptions) => {
      const screen = openScreen(process.stderr, options.json === true);
      const verdicts = await runJob(
        {
          kind: 'laws',
          policyFile: resolve(file),
          cases: options.cases,
          parameters: options.parameters.length === 0 ? [{}] : options.parameters,
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
          const again = againCommand(file, { ...options, seed });
          process.stdout.write(`\n${counterexample}\n\nTo see it again: ${again}\n\n`);
        }
      }
      const holds = verdicts.every(({ verdict }) => verdict !== 'failed');
      process.exitCode = holds ? ExitCode.Ok : ExitCode.CheckFailed;
    });

const WORDS = { passed: 'holds  ', failed: 'BROKEN ', 'not-bound': 'no claim' } as const;

/** Reads one set of parameters, after those that were given before. */
function also(text: string, before: readonly Parameters[]): Parameters[] {
  try {
    const value: unknown = JSON.parse(text);
    if (typeof value === 'object' && value !== null && !Array.isArray(value)) {
      return [...before, value as Parameters];
    }
  } catch {
    // Said below, with an example.
  }
  throw new InvalidArgumentError(`a JSON object, such as '{"maxPrefillTokens": 4}'`);
}

function againCommand(file: string, { cases, seed, parameters }: LawsOptions): string {
  const given = parameters.map((each) => ` --parameters '${JSON.stringify(each)}'`).join('');
  return `flover laws '${file}' --cases ${cases} --seed ${seed}${given}`;
}

function shown(
  options: { json?: boolean },
  verdicts: readonly LawVerdict[],
): readonly LawVerdict[] {
  return options.json ? [] : verdicts;
}
