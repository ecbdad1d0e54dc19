export type {
  IterationSeries,
  OutcomeName,
  Phase,
  ReportData,
  RequestDetail,
  RunDetail,
  SlotSpans,
} from './data/report-data.ts';
export { DEFAULT_LIMITS, type DetailLimits, RunDetailSink, runDetail } from './data/run-detail.ts';
export type { Experiment, Found, Problem, SiteData, SiteRun } from './data/site-data.ts';
export { headline } from './facts/headline.ts';
export { reportPage } from './pages/document.ts';
export { buildSite, type SiteOptions, type SiteSummary } from './site/build-site.ts';
