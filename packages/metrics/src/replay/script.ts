import { type Action, invariant, type RequestId, type SequenceId, type Work } from '@flover/policy';
import type { FooterRecord, MeasureRecord, TraceRecord } from '@flover/trace';
import { type Decision, decisions } from '../decisions.ts';

/** A recorded work with what must have happened before it may start. */
export interface ScriptWork {
  readonly work: Work;
  /** Works of other lanes that computed something for its sequences before. */
  readonly after: readonly number[];
  /** Requests whose first row is in this work: they must have been admitted. */
  readonly admitted: readonly RequestId[];
}

/** The decisions of a run, freed from its clock: what the replay has to obey. */
export interface Script {
  readonly events: readonly Decision[];
  /** Arrivals, cancels and timers, as indices of `events`, in order. */
  readonly outside: readonly number[];
  /** Of each event: works were in flight when it came. */
  readonly busy: readonly boolean[];
  /** Index in `events` of each work's end; works that never ended are missing. */
  readonly endOf: ReadonlyMap<number, number>;
  /** The works of each lane in order of launch. */
  readonly lanes: readonly (readonly ScriptWork[])[];
  /** Index of each work in its lane. */
  readonly placeOf: ReadonlyMap<number, number>;
  /** Requests that were admitted at some time. */
  readonly admitted: ReadonlySet<RequestId>;
  readonly measures: ReadonlyMap<number, MeasureRecord>;
  readonly footer: FooterRecord | undefined;
}

/** Reads a trace into a script. */
export function readScript(records: Iterable<TraceRecord>): Script {
  const measures = new Map<number, MeasureRecord>();
  let footer: FooterRecord | undefined;
  function* watched(): Generator<TraceRecord> {
    for (const record of records) {
      if (record.kind === 'measure') measures.set(record.work, record);
      if (record.kind === 'footer') footer = record;
      yield record;
    }
  }
  const events = [...decisions(watched())];
  const outside: number[] = [];
  const endOf = new Map<number, number>();
  const needs = new Needs();
  const busy: boolean[] = [];
  let inFlight = 0;
  for (const { index, event, actions } of events) {
    busy.push(inFlight > 0);
    if (event.kind === 'end') inFlight--;
    for (const { kind } of actions) if (kind === 'launch') inFlight++;
    if (event.kind === 'end') endOf.set(event.work, index);
    else outside.push(index);
    for (const action of actions) needs.take(action);
  }
  const { lanes, placeOf, admitted } = needs;
  return { events, outside, busy, endOf, lanes, placeOf, admitted, measures, footer };
}

/** Finds out what each work waits for. */
class Needs {
  readonly lanes: ScriptWork[][] = [];
  readonly placeOf = new Map<number, number>();
  readonly admitted = new Set<RequestId>();
  readonly #lastWork = new Map<SequenceId, Work>();
  /** Request of each sequence that has had no row yet. */
  readonly #fresh = new Map<SequenceId, RequestId>();

  take(action: Action): void {
    if (action.kind === 'admit') {
      this.admitted.add(action.request);
      this.#fresh.set(action.firstSequence, action.request);
    } else if (action.kind === 'launch') {
      this.#launch(action.work);
    }
  }

  #launch(work: Work): void {
    const after = new Map<number, number>();
    const admitted: RequestId[] = [];
    const named = [...work.sequences, ...work.forks.map((fork) => fork.from)];
    for (const sequence of named) {
      const before = this.#lastWork.get(sequence);
      if (before !== undefined && before.lane !== work.lane) {
        after.set(before.lane, Math.max(before.id, after.get(before.lane) ?? 0));
      }
      const request = this.#fresh.get(sequence);
      if (request !== undefined) admitted.push(request);
      this.#fresh.delete(sequence);
    }
    for (const sequence of work.sequences) this.#lastWork.set(sequence, work);
    while (this.lanes.length <= work.lane) this.lanes.push([]);
    const lane = this.lanes[work.lane]!;
    invariant(
      (lane.at(-1)?.work.id ?? -1) < work.id,
      () => `work ${work.id} is launched out of order`,
    );
    this.placeOf.set(work.id, lane.length);
    lane.push({ work, after: [...after.values()], admitted });
  }
}
