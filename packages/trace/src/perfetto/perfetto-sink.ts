import type { RequestId, RequestView, Work } from '@flover/policy';
import type { HeaderRecord, TraceSink } from '../events.ts';
import { type ChromeEvent, microseconds, nameGroup, trackGroup } from './chrome-event.ts';
import { LaneTracks } from './lane-tracks.ts';
import { SlotTracks } from './slot-tracks.ts';

/** Turns a trace into events of the Chrome trace format, as it comes. */
export function perfettoSink(
  header: Pick<HeaderRecord, 'scheduler'>,
  emit: (event: ChromeEvent) => void,
): TraceSink {
  const slots = new SlotTracks(emit, isPaged(header.scheduler));
  const lanes = new LaneTracks(emit);
  const queued = new Map<number, Work>();
  const waiting = new Map<RequestId, RequestView>();
  let active = 0;
  const counter = (name: string, timeNanos: number, value: number): void =>
    emit({
      ph: 'C',
      name,
      pid: trackGroup.counters,
      ts: microseconds(timeNanos),
      args: { value },
    });
  const leaveQueue = (request: RequestId, timeNanos: number): void => {
    if (waiting.delete(request)) counter('waiting requests', timeNanos, waiting.size);
  };
  for (const [name, pid] of Object.entries(trackGroup)) nameGroup(pid, name).forEach(emit);
  return {
    event(event) {
      if (event.kind !== 'arrive') return;
      waiting.set(event.request.id, event.request);
      counter('waiting requests', event.timeNanos, waiting.size);
    },
    action(action, timeNanos) {
      switch (action.kind) {
        case 'launch':
          queued.set(action.work.id, action.work);
          break;
        case 'admit': {
          const request = waiting.get(action.request);
          const { width = 1 } = request ?? {};
          slots.admit(action.request, action.firstSequence, width, request);
          leaveQueue(action.request, timeNanos);
          active += width;
          counter('active sequences', timeNanos, active);
          break;
        }
        case 'refuse':
        case 'finish':
          leaveQueue(action.request, timeNanos);
          break;
        case 'preempt':
          slots.pause(action.sequence);
          break;
        case 'release':
          slots.release(action.sequence);
          counter('active sequences', timeNanos, --active);
          break;
      }
    },
    measure(record) {
      const work = queued.get(record.work);
      if (work === undefined) return;
      queued.delete(record.work);
      slots.ran(work, record);
      lanes.ran(work, record);
      counter('KV used, bytes', record.startNanos, record.kvUsedBytes);
      counter('KV reserved, bytes', record.startNanos, record.kvReservedBytes);
    },
    close() {
      slots.close();
    },
  };
}

function isPaged(scheduler: unknown): boolean {
  const memory = (scheduler as { memory?: { kind?: unknown } } | null)?.memory;
  return memory?.kind === 'paged';
}
