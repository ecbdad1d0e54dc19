import { RowFlag, type Work } from '@flover/policy';
import type { MeasureRecord } from '../events.ts';
import { type ChromeEvent, microseconds, nameTrack, trackGroup } from './chrome-event.ts';

/** A track a lane: its iterations, one after the other. */
export class LaneTracks {
  readonly #emit: (event: ChromeEvent) => void;
  readonly #named = new Set<number>();

  constructor(emit: (event: ChromeEvent) => void) {
    this.#emit = emit;
  }

  ran(work: Work, measure: MeasureRecord): void {
    const tid = work.lane;
    if (!this.#named.has(tid)) {
      this.#named.add(tid);
      for (const event of nameTrack(trackGroup.lanes, tid, `lane ${tid}`)) this.#emit(event);
    }
    this.#emit({
      ph: 'X',
      name: nameOf(work),
      cat: 'iteration',
      pid: trackGroup.lanes,
      tid,
      ts: microseconds(measure.startNanos),
      dur: microseconds(measure.endNanos - measure.startNanos),
      args: {
        work: work.id,
        sequences: work.sequences.length,
        newTokens: work.newTokens,
        decodeKvTokens: work.decodeKvTokens,
        deadRows: work.deadRows,
        moves: work.moves.length,
        movedBytes: measure.movedBytes,
        planMicros: microseconds(measure.planNanos),
        launchMicros: microseconds(measure.launchNanos),
        ...(measure.takeNanos === undefined ? {} : { takeMicros: microseconds(measure.takeNanos) }),
      },
    });
  }
}

function nameOf(work: Work): string {
  let decodes = 0;
  for (let i = 0; i < work.flags.length; i++) if (work.flags[i]! & RowFlag.Decode) decodes++;
  if (decodes === work.sequences.length) return `decode ${decodes}`;
  const prefillTokens = work.newTokens - decodes;
  return decodes === 0 ? `prefill ${prefillTokens}` : `mixed ${decodes} + ${prefillTokens}`;
}
