import { invariant, type SchedulerView } from '@flover/policy';
import { kvBytesPerToken, type MeasureRecord } from '@flover/trace';
import type { EngineModel } from '../model.ts';
import type { Ended } from './completion.ts';

type AtLaunch = Pick<
  MeasureRecord,
  'planNanos' | 'launchNanos' | 'kvReservedBytes' | 'kvUsedBytes'
>;

/** Joins what the host measured when it launched a work with what the device says at its end. */
export class Measures {
  readonly #bytesPerToken: number;
  readonly #view: SchedulerView;
  readonly #launched = new Map<number, AtLaunch>();

  constructor(model: EngineModel, view: SchedulerView) {
    this.#bytesPerToken = kvBytesPerToken(model.shape, model.dataType);
    this.#view = view;
  }

  launched(work: number, planNanos: number, launchNanos: number): void {
    const { blocksReserved, blockTokens, tokensUsed } = this.#view;
    this.#launched.set(work, {
      planNanos,
      launchNanos,
      kvReservedBytes: blocksReserved * blockTokens * this.#bytesPerToken,
      kvUsedBytes: tokensUsed * this.#bytesPerToken,
    });
  }

  /** The record of a work that ended, and whose end took the host `takeNanos` to read. */
  ended(ended: Ended, takeNanos: number): MeasureRecord {
    const { work, lane, startNanos, endNanos, movedBytes, moveNanos } = ended;
    const launch = this.#launched.get(work);
    invariant(launch !== undefined, `work ${work} ended but was never launched`);
    this.#launched.delete(work);
    const { planNanos, launchNanos, kvReservedBytes, kvUsedBytes } = launch;
    return {
      kind: 'measure',
      work,
      lane,
      startNanos,
      endNanos,
      planNanos,
      launchNanos,
      takeNanos,
      movedBytes,
      moveNanos,
      kvReservedBytes,
      kvUsedBytes,
    };
  }
}
