import type { Experiment, Found } from '../data/site-data.ts';

/** Where each kind of page stands in the site. */
export const experimentPath = ({ id }: Pick<Experiment, 'id'>): string => `experiments/${id}.html`;
export const comparisonPath = ({ id }: Pick<Found<unknown>, 'id'>): string =>
  `comparisons/${id}.html`;
export const runPath = ({ id }: Pick<Found<unknown>, 'id'>): string => `runs/${id}.html`;
export const PARITY_PATH = 'parity.html';
/** Where the errors of predictions come from. */
export const CAUSES_PATH = 'parity/causes.html';
export const POLICIES_PATH = 'policies.html';
/** Policies of one experiment side by side. */
export const policiesPath = ({ id }: Pick<Experiment, 'id'>): string => `policies/${id}.html`;
export const PUBLISHED_PATH = 'published.html';
export const METHODS_PATH = 'methods.html';
export const GLOSSARY_PATH = 'glossary.html';

/** Where the glossary defines a metric. */
export const metricAnchor = (key: string): string => `metric-${key}`;
