/** A number that somebody published, beside the one that was predicted for it. */
export interface PublishedRow {
  /** Of the publication, such as `4a`. */
  readonly figure: string;
  /** A named shape. */
  readonly model: string;
  readonly gpus: number;
  /** Row of the figure: what was measured. */
  readonly quantity: string;
  /** Column of the figure, such as `32 requests`. */
  readonly column: string;
  readonly unit: string;
  readonly published: number;
  /** Mean over the seeds where arrivals or lengths are drawn. */
  readonly predicted: number;
  /** Ends of the interval that holds 95 % of the single draws; null where nothing is drawn. */
  readonly low: number | null;
  readonly high: number | null;
  /** (predicted - published) / published, percent. */
  readonly errorPercent: number;
  /** Whether the published number was used to fit the device; such a row predicts nothing. */
  readonly fitted: boolean;
}

/** What was taken from a single published number to describe an unnamed device. */
export interface PublishedFit {
  readonly model: string;
  readonly gpus: number;
  /** The published time of one request alone, seconds. */
  readonly singleRequestSeconds: number;
  /** Time of every iteration beside its bytes and operations: the one fitted number. */
  readonly iterationMicros: number;
}

/** `published-comparison.json`: a publication's tables beside what was predicted for them. */
export interface PublishedComparison {
  readonly format: 'flover-published';
  readonly version: 1;
  readonly source: string;
  /** ISO 8601, UTC. */
  readonly createdAt: string;
  readonly commit: { readonly id: string; readonly dirty: boolean };
  /** Data sheet on which the fits stand. */
  readonly device: string;
  /** Independent draws behind every row that has an interval. */
  readonly seeds: number;
  readonly fits: readonly PublishedFit[];
  readonly rows: readonly PublishedRow[];
  /** What had to be assumed, and where the published numbers contradict each other. */
  readonly assumptions: readonly string[];
}
