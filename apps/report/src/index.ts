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
export { headline } from './facts/headline.ts';
export { reportPage } from './pages/document.ts';
