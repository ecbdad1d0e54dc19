import { resolve } from 'node:path';
import { openScreen } from '../view/screen.ts';
import { runJob } from '../worker/host.ts';
import { backendOption, command, jsonOption } from './options.ts';

/** `flover profile` */
export const profileCommand = () =>
  command(
    'profile <experiment> [options]',
    "Measures the engine on an experiment's model and fits a cost profile for the simulator.",
    'flover profile experiments/00-first-look/experiment.yaml -o cpu-profile.json',
  )
    .argument('<experiment>', 'an experiment file (YAML): its model, engine and limits are used')
    .option('-o, --out <file>', 'the profile file', 'profile.json')
    .addOption(backendOption())
    .addOption(jsonOption())
    .action(async (file: string, options: { out: string; backend?: string; json?: boolean }) => {
      const screen = openScreen(process.stderr, options.json === true);
      const result = await runJob(
        {
          kind: 'profile',
          file,
          out: resolve(options.out),
          ...(options.backend ? { backend: options.backend } : {}),
        },
        screen,
      ).finally(() => screen.close());
      const text = options.json
        ? JSON.stringify(result)
        : `${result.summary}\nProfile: ${result.file}`;
      process.stdout.write(`${text}\n`);
    });
