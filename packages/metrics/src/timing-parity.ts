import { RowFlag, type Work } from '@flover/policy';
import type { TraceRecord } from '@flover/trace';
import { type ErrorStatistics, errorStatistics } from './errors.ts';
import type { RequestMetrics } from './requests.ts';

/** What an iteration computes. */
export type IterationClass = 'decode' | 'prefill' | 'mixed';

/** Is a work all decode rows, all prompt rows, or both? */
export function iterationClass(work: Work): IterationClass {
  let decode = 0;
  for (const flags of work.flags) if (flags & RowFlag.Decode) decode++;
  if (decode === 0 && work.flags.length > 0) return 'prefill';
  return decode === work.flags.length ? 'decode' : 'mixed';
}

/** Errors of predicted durations of iterations, over all and by what they compute. */
export type IterationErrors = Readonly<Record<IterationClass | 'all', ErrorStatistics>>;

/**
 * Predicted against measured durations of the same works.
 *
 * `predicted` is a replay of the decisions of `measured` (see `replayDecisions`); works are matched
 * by number and those measured on one side only are left out.
 */
export function iterationErrors(
  predicted: Iterable<TraceRecord>,
  measured: Iterable<TraceRecord>,
): IterationErrors {
  const predictions = new Map<number, number>();
  for (const record of predicted) {
    if (record.kind === 'measure') {
      predictions.set(record.work, record.endNanos - record.startNanos);
    }
  }
  const classes = new Map<number, IterationClass>();
  const pairs = { all: pair(), decode: pair(), prefill: pair(), mixed: pair() };
  for (const record of measured) {
    if (record.kind === 'action' && record.action.kind === 'launch') {
      classes.set(record.action.work.id, iterationClass(record.action.work));
    }
    if (record.kind !== 'measure') continue;
    const prediction = predictions.get(record.work);
    const kind = classes.get(record.work);
    classes.delete(record.work);
    if (prediction === undefined || kind === undefined) continue;
    for (const { predicted, measured } of [pairs.all, pairs[kind]]) {
      predicted.push(prediction);
      measured.push(record.endNanos - record.startNanos);
    }
  }
  const of = ({ predicted, measured }: Pair) => errorStatistics(predicted, measured);
  return {
    all: of(pairs.all),
    decode: of(pairs.decode),
    prefill: of(pairs.prefill),
    mixed: of(pairs.mixed),
  };
}

type Pair = { readonly predicted: number[]; readonly measured: number[] };

function pair(): Pair {
  return { predicted: [], measured: [] };
}

/** Errors of predicted request metrics; TTFT stands apart from TPOT since it carries queueing. */
export interface RequestErrors {
  readonly ttft: ErrorStatistics;
  readonly tpot: ErrorStatistics;
  readonly e2e: ErrorStatistics;
  readonly queueing: ErrorStatistics;
  /** Requests that ended otherwise in one run than in the other, or are in one only. */
  readonly unmatched: number;
}

/** Predicted against measured metrics of the same requests, matched by number. */
export function requestErrors(predicted: RequestMetrics, measured: RequestMetrics): RequestErrors {
  const rows = new Map<number, number>();
  for (let i = 0; i < predicted.count; i++) rows.set(predicted.id[i]!, i);
  const matches: (readonly [number, number])[] = [];
  let all = predicted.count;
  for (let i = 0; i < measured.count; i++) {
    const row = rows.get(measured.id[i]!);
    if (row === undefined) all++;
    else if (predicted.served[row] === measured.served[i]) matches.push([row, i]);
  }
  const of = (key: 'ttftNanos' | 'tpotNanos' | 'e2eNanos' | 'queueingNanos') =>
    errorStatistics(
      matches.map(([p]) => predicted[key][p]!),
      matches.map(([, m]) => measured[key][m]!),
    );
  return {
    ttft: of('ttftNanos'),
    tpot: of('tpotNanos'),
    e2e: of('e2eNanos'),
    queueing: of('queueingNanos'),
    unmatched: all - matches.length,
  };
}
