import type { Action, Nanos, RequestView, SchedulerEvent } from '@flover/policy';
import type { FooterRecord, HeaderRecord, MeasureRecord } from '../events.ts';
import type { ByteBuffer } from './byte-buffer.ts';
import { encodeWork } from './encode-work.ts';

/** The header's line. `scheduler` is written in the order in which its keys stand. */
export function encodeHeader(out: ByteBuffer, header: HeaderRecord): void {
  const { kind, format, version, world, scheduler } = header;
  out.json({ kind, format, version, world, scheduler });
  out.ascii('\n');
}

/** An event's line. */
export function encodeEvent(out: ByteBuffer, event: SchedulerEvent): void {
  begin(out, event.kind, event.timeNanos);
  switch (event.kind) {
    case 'arrive':
      out.ascii(',"request":');
      encodeRequest(out, event.request);
      break;
    case 'cancel':
      field(out, ',"request":', event.request);
      break;
    case 'end':
      field(out, ',"work":', event.work);
      field(out, ',"lane":', event.lane);
      if (event.stopped.length > 0) list(out, ',"stopped":', event.stopped);
      if (event.tokens !== undefined) list(out, ',"tokens":', event.tokens);
      break;
    case 'timer':
      break;
  }
  out.ascii('}\n');
}

/** An action's line. */
export function encodeAction(out: ByteBuffer, action: Action, timeNanos: Nanos): void {
  begin(out, action.kind, timeNanos);
  switch (action.kind) {
    case 'launch':
      out.ascii(',');
      encodeWork(out, action.work);
      break;
    case 'admit':
      field(out, ',"request":', action.request);
      field(out, ',"firstSequence":', action.firstSequence);
      break;
    case 'refuse':
      field(out, ',"request":', action.request);
      out.ascii(',"reason":');
      out.json(action.reason);
      break;
    case 'finish':
      field(out, ',"request":', action.request);
      out.ascii(`,"reason":"${action.reason}"`);
      field(out, ',"outputTokens":', action.outputTokens);
      break;
    case 'preempt':
      field(out, ',"sequence":', action.sequence);
      out.ascii(`,"by":"${action.by}"`);
      break;
    case 'release':
      field(out, ',"sequence":', action.sequence);
      break;
    case 'wake':
      field(out, ',"at":', action.timeNanos);
      break;
  }
  out.ascii('}\n');
}

/** A measurement's line; zeros are left out where `0` is the usual value. */
export function encodeMeasure(out: ByteBuffer, record: MeasureRecord): void {
  out.ascii('{"kind":"measure"');
  field(out, ',"work":', record.work);
  field(out, ',"lane":', record.lane);
  field(out, ',"start":', record.startNanos);
  field(out, ',"end":', record.endNanos);
  if (record.planNanos !== 0) field(out, ',"plan":', record.planNanos);
  if (record.launchNanos !== 0) field(out, ',"launch":', record.launchNanos);
  if (record.takeNanos !== undefined) field(out, ',"take":', record.takeNanos);
  if (record.movedBytes !== 0) field(out, ',"movedBytes":', record.movedBytes);
  if (record.moveNanos !== 0) field(out, ',"move":', record.moveNanos);
  field(out, ',"kvReserved":', record.kvReservedBytes);
  field(out, ',"kvUsed":', record.kvUsedBytes);
  out.ascii('}\n');
}

/** The footer's line. */
export function encodeFooter(out: ByteBuffer, footer: FooterRecord): void {
  begin(out, 'footer', footer.timeNanos);
  out.ascii(`,"outcome":"${footer.outcome}"`);
  if (footer.message !== undefined) {
    out.ascii(',"message":');
    out.json(footer.message);
  }
  out.ascii('}\n');
}

function encodeRequest(out: ByteBuffer, request: RequestView): void {
  field(out, '{"id":', request.id);
  field(out, ',"arrival":', request.arrivalNanos);
  field(out, ',"promptTokens":', request.promptTokens);
  field(out, ',"maxOutputTokens":', request.maxOutputTokens);
  out.ascii(`,"group":"${request.group}"`);
  field(out, ',"width":', request.width);
  if (request.tenant !== undefined) {
    out.ascii(',"tenant":');
    out.json(request.tenant);
  }
  if (request.priority !== undefined) field(out, ',"priority":', request.priority);
  if (request.oracleOutputTokens !== undefined) {
    field(out, ',"oracleOutputTokens":', request.oracleOutputTokens);
  }
  out.ascii('}');
}

function begin(out: ByteBuffer, kind: string, timeNanos: Nanos): void {
  out.ascii('{"kind":"');
  out.ascii(kind);
  field(out, '","t":', timeNanos);
}

function field(out: ByteBuffer, key: string, value: number): void {
  out.ascii(key);
  out.number(value);
}

function list(out: ByteBuffer, key: string, values: ArrayLike<number>): void {
  out.ascii(key);
  out.numbers(values);
}
