import { experimentCommand } from './experiment.ts';

/** `flover simulate` */
export const simulateCommand = () =>
  experimentCommand(
    'simulate',
    "Runs an experiment's policies in virtual time.",
    'flover simulate experiments/00-first-look/experiment.yaml --cost-model roofline:h100-sxm',
    ['simulator'],
  );
