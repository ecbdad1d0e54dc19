import { experimentCommand } from './experiment.ts';

/** `flover run` */
export const runCommand = () =>
  experimentCommand(
    'run',
    "Runs an experiment's policies for real on this machine's engine.",
    'flover run experiments/00-first-look/experiment.yaml --backend cpu',
    ['engine'],
  );
