import { experimentCommand } from './experiment.ts';

/** `flover compare` */
export const compareCommand = () =>
  experimentCommand(
    'compare',
    'Runs an experiment in both worlds and compares decisions, times and metrics.',
    'flover compare experiments/00-first-look/experiment.yaml --policy ./mine.ts',
    ['simulator', 'engine'],
  );
