import { resolve } from 'node:path';
import { FloverError } from '@flover/policy';
import { openScreen } from '../view/screen.ts';
import { runJob } from '../worker/host.ts';
import { backendOption, command, jsonOption } from './options.ts';
import { prepareFile } from './prepare-file.ts';

interface ProfileOptions {
  readonly out: string;
  readonly backend?: string;
  readonly keep?: string;
  readonly from?: string;
  readonly json?: boolean;
}

/** `flover profile` */
export const profileCommand = () =>
  command(
    'profile [experiment] [options]',
    "Measures the engine on an experiment's model and fits a cost profile for the simulator.",
    'flover profile experiments/00-first-look/experiment.yaml -o cpu-profile.json',
  )
    .argument('[experiment]', 'an experiment file (YAML): its model, engine and limits are used')
    .option('-o, --out <file>', 'the profile file', 'profile.json')
    .option('--keep <folder>', 'also write the measured works, to be fitted again later')
    .option('--from <folder>', 'measure nothing, fit the works that --keep wrote there')
    .addOption(backendOption())
    .addOption(jsonOption())
    .action(async (file: string | undefined, options: ProfileOptions) => {
      const { keep, from } = options;
      if ((file === undefined) === (from === undefined)) {
        throw new FloverError(
          'bad-arguments',
          file === undefined ? 'nothing to measure' : 'an experiment and --from say two things',
          'Give an experiment file to measure, or --from with a folder of measured works.',
        );
      }
      const screen = openScreen(process.stderr, options.json === true);
      const result = await runJob(
        {
          kind: 'profile',
          ...(file ? { file } : {}),
          out: prepareFile(resolve(options.out)),
          ...(options.backend ? { backend: options.backend } : {}),
          ...(keep ? { keep: resolve(keep) } : {}),
          ...(from ? { from: resolve(from) } : {}),
        },
        screen,
      ).finally(() => screen.close());
      const text = options.json
        ? JSON.stringify(result)
        : `${result.summary}\nProfile: ${result.file}`;
      process.stdout.write(`${text}\n`);
    });
