export type { Experiment, Found, Problem, SiteData, SiteRun } from './data/site-data.ts';
export { buildSite, type SiteOptions, type SiteSummary } from './site/build-site.ts';
