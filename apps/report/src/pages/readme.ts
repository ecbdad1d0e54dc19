import type { Experiment } from '../data/site-data.ts';

/** What an experiment is called: the title that its authors gave, else its comparison's name. */
export function titleOf(experiment: Experiment): string {
  const heading = /^# +(.+)$/m.exec(experiment.readme ?? '')?.[1];
  if (heading !== undefined) return heading.trim();
  const { comparisons, sweeps } = experiment;
  const names = new Set([...comparisons, ...sweeps].map(({ value }) => value.name));
  const [name] = names;
  return name !== undefined && names.size === 1 ? name : experiment.path.split('/').at(-1)!;
}

/** What an experiment asks, where one of its results says it and its title does not. */
export function questionOf({ comparisons, sweeps, readme }: Experiment): string | undefined {
  if (readme?.startsWith('# ')) return undefined;
  const questions = new Set([...comparisons, ...sweeps].map(({ value }) => value.question));
  return questions.size === 1 ? [...questions][0] : undefined;
}
