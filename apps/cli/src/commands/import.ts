import { readFileSync, writeFileSync } from 'node:fs';
import { importFloverIni } from '@flover/experiment';
import { FloverError } from '@flover/policy';
import { command, jsonOption } from './options.ts';
import { prepareFile } from './prepare-file.ts';

/** `flover import` */
export const importCommand = () =>
  command(
    'import <ini> [options]',
    "Turns one of Flover's own INI files into an experiment file, and lists what has no meaning here.",
    'flover import llama_13b.ini -o experiment.yaml',
  )
    .argument('<ini>', "one of Flover's configuration files")
    .option('-o, --out <file>', 'the experiment file; standard output without it')
    .addOption(jsonOption())
    .action((file: string, options: { out?: string; json?: boolean }) => {
      const imported = importFloverIni(file, readText(file));
      if (options.out) writeFileSync(prepareFile(options.out), imported.yaml);
      if (options.json) {
        process.stdout.write(`${JSON.stringify(imported)}\n`);
        return;
      }
      if (!options.out) process.stdout.write(imported.yaml);
      for (const { key, reason } of imported.ignored) {
        process.stderr.write(`has no meaning here: ${key} (${reason})\n`);
      }
      for (const assumption of imported.assumptions)
        process.stderr.write(`assumed: ${assumption}\n`);
    });

function readText(file: string): string {
  try {
    return readFileSync(file, 'utf8');
  } catch (cause) {
    throw new FloverError(
      'bad-ini',
      `cannot read ${file}: ${(cause as Error).message}`,
      "Give the path of one of Flover's own .ini files.",
      cause,
    );
  }
}
