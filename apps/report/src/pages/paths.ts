import type { Experiment, Found } from '../data/site-data.ts';

/** Where each kind of page stands in the site. */
export const experimentPath = ({ id }: Pick<Experiment, 'id'>): string => `experiments/${id}.html`;
export const comparisonPath = ({ id }: Pick<Found<unknown>, 'id'>): string =>
  `comparisons/${id}.html`;
export const runPath = ({ id }: Pick<Found<unknown>, 'id'>): string => `runs/${id}.html`;
