import { join, resolve } from 'node:path';
import { exportPerfetto, openRunFolder } from '@flover/trace';
import { command, jsonOption } from './options.ts';

/** `flover export` */
export const exportCommand = () =>
  command(
    'export <folder> [options]',
    'Writes a run as a Chrome trace, which ui.perfetto.dev opens: a track a slot, a track a lane.',
    'flover export runs/first-look/engine/temporal-fusion-seed-1',
  )
    .argument('<folder>', 'a run folder')
    .option('-o, --out <file>', 'the file; default perfetto.json in the run folder')
    .addOption(jsonOption())
    .action((folder: string, options: { out?: string; json?: boolean }) => {
      const { tracePath } = openRunFolder(resolve(folder));
      const file = resolve(options.out ?? join(folder, 'perfetto.json'));
      exportPerfetto(tracePath, file);
      process.stdout.write(`${options.json ? JSON.stringify({ file }) : file}\n`);
    });
