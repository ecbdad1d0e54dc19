import type { Comparison, MetricsSummary, PublishedComparison, Sweep } from '@flover/metrics';
import type { Manifest } from '@flover/trace';
import type { RunDetail } from './report-data.ts';

/** A JSON object whose `format` names what it is. */
export type FormattedJson = Readonly<Record<string, unknown>> & { readonly format: string };

/** A result that was found in a folder. */
export interface Found<Value> {
  /** Unique among all results of a site; safe in a path and in an anchor. */
  readonly id: string;
  /** Where it was found, relative to the folder that was given, with `/`. */
  readonly path: string;
  /** The name of its experiment's folder within the site. */
  readonly experiment: string;
  readonly value: Value;
}

/** One run, in a comparison or by itself. */
export interface SiteRun {
  readonly manifest: Manifest;
  readonly metrics?: MetricsSummary;
  readonly detail: RunDetail;
  /** What its comparison calls its policy. */
  readonly label?: string;
  /** The comparison that it belongs to, by id, and its folder there. */
  readonly comparison?: { readonly id: string; readonly folder: string };
}

/** One folder of results with what its authors wrote about it. */
export interface Experiment {
  /** Unique; the name of its page. */
  readonly id: string;
  readonly path: string;
  /** Text of README.md, where there is one. */
  readonly readme?: string;
  readonly comparisons: readonly Found<Comparison>[];
  /** Runs that belong to no comparison. */
  readonly runs: readonly Found<SiteRun>[];
  readonly sweeps: readonly Found<Sweep>[];
  /** Somebody's published numbers beside ours. */
  readonly published: readonly Found<PublishedComparison>[];
  /** All else that names its format: 'flover-validation', 'flover-gpu-validation', 'flover-profile'. */
  readonly documents: readonly Found<FormattedJson>[];
}

/** A file that could not be read, and why. */
export interface Problem {
  readonly path: string;
  readonly message: string;
}

/** The sign of a policy by its label: the index of a colour and a shape, one on all of a site. */
export type Signs = (label: string) => number;

/** All that the pages of a site are made from. */
export interface SiteData {
  readonly title: string;
  /** In order of their paths. */
  readonly experiments: readonly Experiment[];
  /** Every run that was kept whole, those of comparisons too. */
  readonly runs: readonly Found<SiteRun>[];
  readonly problems: readonly Problem[];
  readonly signs: Signs;
}

/** All documents of one format, such as 'flover-validation', in the order of the experiments. */
export function documentsOf(site: SiteData, format: string): Found<FormattedJson>[] {
  return site.experiments.flatMap(({ documents }) =>
    documents.filter(({ value }) => value.format === format),
  );
}

/** Every comparison of the site. */
export function comparisonsOf(site: SiteData): Found<Comparison>[] {
  return site.experiments.flatMap(({ comparisons }) => comparisons);
}

/** A comparison with what is drawn of its runs: what the figures of one experiment take. */
export function reportDataOf(site: SiteData, comparison: Found<Comparison>) {
  const runs: Record<string, RunDetail> = {};
  for (const { value } of site.runs) {
    if (value.comparison?.id === comparison.id) runs[value.comparison.folder] = value.detail;
  }
  return { comparison: comparison.value, runs, signs: site.signs };
}
