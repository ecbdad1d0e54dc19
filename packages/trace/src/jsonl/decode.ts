import type { Action, SchedulerEvent } from '@flover/policy';
import type { FooterRecord, MeasureRecord } from '../events.ts';
import type { TraceRecord } from '../record.ts';
import { lineSchema, type MeasureLine, type TraceLine } from '../schema.ts';
import { decodeWork } from './decode-work.ts';

type LineOf<K extends TraceLine['kind']> = Extract<TraceLine, { kind: K }>;

/** The record of one line of a trace, or a text that says what is wrong with it. */
export function decodeLine(text: string): TraceRecord | string {
  let value: unknown;
  try {
    value = JSON.parse(text);
  } catch (error) {
    return `not JSON: ${(error as Error).message}`;
  }
  const parsed = lineSchema.safeParse(value);
  if (!parsed.success) {
    const { path, message } = parsed.error.issues[0]!;
    return path.length === 0 ? message : `${path.join('.')}: ${message}`;
  }
  return decodeParsed(parsed.data);
}

function decodeParsed(line: TraceLine): TraceRecord | string {
  switch (line.kind) {
    case 'header':
      return { ...line, scheduler: line.scheduler };
    case 'measure':
      return decodeMeasure(line);
    case 'footer':
      return decodeFooter(line);
    case 'arrive':
    case 'cancel':
    case 'end':
    case 'timer':
      return { kind: 'event', event: decodeEvent(line) };
    default: {
      const action = decodeAction(line);
      return typeof action === 'string' ? action : { kind: 'action', action, timeNanos: line.t };
    }
  }
}

function decodeEvent(line: LineOf<'arrive' | 'cancel' | 'end' | 'timer'>): SchedulerEvent {
  const timeNanos = line.t;
  switch (line.kind) {
    case 'arrive': {
      const { id, arrival, tenant, priority, oracleOutputTokens, ...rest } = line.request;
      const request = {
        id,
        arrivalNanos: arrival,
        ...rest,
        ...(tenant !== undefined && { tenant }),
        ...(priority !== undefined && { priority }),
        ...(oracleOutputTokens !== undefined && { oracleOutputTokens }),
      };
      return { kind: 'arrive', timeNanos, request };
    }
    case 'cancel':
      return { kind: 'cancel', timeNanos, request: line.request };
    case 'end': {
      const { work, lane, stopped, tokens } = line;
      const base = { kind: 'end', timeNanos, lane, work, stopped } as const;
      return tokens === undefined ? base : { ...base, tokens };
    }
    case 'timer':
      return { kind: 'timer', timeNanos };
  }
}

function decodeAction(
  line: LineOf<'launch' | 'admit' | 'refuse' | 'finish' | 'preempt' | 'release' | 'wake'>,
): Action | string {
  switch (line.kind) {
    case 'launch': {
      const work = decodeWork(line);
      return typeof work === 'string' ? work : { kind: 'launch', work };
    }
    case 'wake':
      return { kind: 'wake', timeNanos: line.at };
    default: {
      const { t: _, ...action } = line;
      return action;
    }
  }
}

function decodeMeasure(line: MeasureLine): MeasureRecord {
  return {
    kind: 'measure',
    work: line.work,
    lane: line.lane,
    startNanos: line.start,
    endNanos: line.end,
    planNanos: line.plan,
    launchNanos: line.launch,
    ...(line.take === undefined ? {} : { takeNanos: line.take }),
    movedBytes: line.movedBytes,
    moveNanos: line.move,
    kvReservedBytes: line.kvReserved,
    kvUsedBytes: line.kvUsed,
  };
}

function decodeFooter(line: LineOf<'footer'>): FooterRecord {
  const base = { kind: 'footer', timeNanos: line.t, outcome: line.outcome } as const;
  return line.message === undefined ? base : { ...base, message: line.message };
}
