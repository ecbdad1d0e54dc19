import { dirname, join, resolve } from 'node:path';
import { checkNames } from '@flover/engine';
import { InvalidArgumentError, Option } from 'commander';
import { ExitCode } from '../exit.ts';
import { openScreen } from '../view/screen.ts';
import { validationText } from '../view/validation.ts';
import { runJob } from '../worker/host.ts';
import type { ValidateJob, ValidationDocument } from '../worker/job.ts';
import {
  atLeastOne,
  backendOption,
  command,
  jsonOption,
  wholeNumber,
  wholeNumbers,
} from './options.ts';
import { prepareFile } from './prepare-file.ts';

interface Options extends Omit<ValidateJob, 'kind'> {
  readonly json?: boolean;
}

/** `flover validate` */
export const validateCommand = () =>
  command(
    'validate [options]',
    'Shows with random worlds that the engine keeps its promises on a backend.',
    'flover validate --backend cpu --cases 50 --out runs/validation',
  )
    .addOption(backendOption().default('auto'))
    .option('--cases <n>', 'worlds for each check; larger ones get a share', atLeastOne, 60)
    .option('--seed <n>', 'seed of the worlds', wholeNumber, 1)
    .option('--path <path>', 'a counterexample found before; with one check of one subject')
    .option('--requests <n>', 'requests for the check of leaks', atLeastOne, 1000)
    .addOption(
      new Option('--data-types <list>', 'of f32,f16,bf16')
        .argParser(listOf(['f32', 'f16', 'bf16']))
        .default(['f32', 'f16', 'bf16'], 'all'),
    )
    .option(
      '--checks <list>',
      `of ${checkNames.join(',')}; default all but the last two`,
      listOf(checkNames),
    )
    .option('--shapes <list>', 'model shapes; default those that suit the backend', listOf())
    .option('--tensor-parallel <n>', 'ranks under every engine', atLeastOne, 1)
    .option('--devices <list>', 'device of each rank, as 0,0,1,1; default one each', wholeNumbers)
    .addOption(
      new Option('--collective <name>', 'how ranks add up their parts; default one-shot').choices([
        'one-shot',
        'nccl',
      ]),
    )
    .option('--references <folder>', 'what transformers says; for the check of that name')
    .option('-o, --out <folder>', 'writes validation.json there after every check')
    .addOption(jsonOption())
    .action(async ({ json, out, references, ...options }: Options) => {
      const screen = openScreen(process.stderr, json === true);
      const job: ValidateJob = {
        kind: 'validate',
        ...options,
        ...(out ? { out: dirname(prepareFile(join(resolve(out), 'validation.json'))) } : {}),
        ...(references ? { references: resolve(references) } : {}),
      };
      const result = await runJob(job, screen).finally(() => screen.close());
      process.stdout.write(`${json ? JSON.stringify(result) : validationText(result)}\n`);
      process.exitCode = exitCodeOfValidation(result);
    });

function exitCodeOfValidation({ holds, complete, checks }: ValidationDocument): number {
  if (holds) return ExitCode.Ok;
  const failed = complete || checks.some(({ verdict }) => verdict === 'failed');
  return failed ? ExitCode.CheckFailed : ExitCode.Interrupted;
}

/** Names with commas between them, of those that are known. */
function listOf(known?: readonly string[]) {
  return (text: string): string[] => {
    const names = text.split(',').map((name) => name.trim());
    const strange = names.find((name) => name === '' || (known && !known.includes(name)));
    if (strange !== undefined) {
      throw new InvalidArgumentError(`'${strange}' is not one of ${known?.join(', ') ?? 'them'}`);
    }
    return names;
  };
}
