import type { Action, Work } from '../actions.ts';
import type { MemoryConfig } from '../config.ts';
import type { SchedulerEvent } from '../events.ts';
import { checkScheduler } from '../invariants.ts';
import { lookupPolicy } from '../policies/index.ts';
import type { ParameterValue, PolicyDefinition } from '../policy.ts';
import type { GroupKind } from '../request.ts';
import { createScheduler, type Scheduler } from '../scheduler.ts';
import { formatAction } from '../testing/format-events.ts';

export interface ScriptOptions {
  readonly policy?: string | PolicyDefinition;
  readonly parameters?: Record<string, ParameterValue>;
  readonly memory?: MemoryConfig;
  readonly maxSequences?: number;
  readonly maxSequenceTokens?: number;
  readonly planAhead?: 0 | 1;
}

/** For tests: tells a scheduler one event after the other and gives its actions as lines. */
export class ScriptedRun {
  readonly scheduler: Scheduler;
  readonly works: Work[] = [];
  nowNanos = 0;
  private readonly queued = new Map<number, Work[]>();

  constructor(options: ScriptOptions = {}) {
    const { policy = 'temporal-fusion', parameters = {}, maxSequences = 8 } = options;
    const definition = typeof policy === 'string' ? lookupPolicy(policy) : policy;
    this.scheduler = createScheduler(
      {
        policy: { name: definition.name, parameters },
        memory: options.memory ?? { kind: 'slots', slots: maxSequences },
        maxSequences,
        maxSequenceTokens: options.maxSequenceTokens ?? 1024,
        planAhead: options.planAhead ?? 0,
      },
      definition,
    );
  }

  arrive(
    id: number,
    promptTokens: number,
    maxOutputTokens: number,
    group: GroupKind = 'single',
    width = 1,
  ): string[] {
    const arrivalNanos = this.nowNanos;
    const request = { id, arrivalNanos, promptTokens, maxOutputTokens, group, width };
    return this.step({ kind: 'arrive', timeNanos: this.nowNanos, request });
  }

  /** The oldest work of a lane ends, one nanosecond on. */
  end(lane: number, ...stopped: number[]): string[] {
    const work = this.queued.get(lane)!.shift()!;
    this.nowNanos++;
    return this.step({ kind: 'end', timeNanos: this.nowNanos, lane, work: work.id, stopped });
  }

  cancel(request: number): string[] {
    return this.step({ kind: 'cancel', timeNanos: this.nowNanos, request });
  }

  timer(timeNanos: number): string[] {
    this.nowNanos = timeNanos;
    return this.step({ kind: 'timer', timeNanos });
  }

  /** Ends the oldest queued work of all until none is left; gives all lines. */
  drain(): string[] {
    const lines: string[] = [];
    for (;;) {
      const oldest = [...this.queued.values()].flat().sort((a, b) => a.id - b.id)[0];
      if (oldest === undefined) return lines;
      lines.push(...this.end(oldest.lane));
    }
  }

  step(event: SchedulerEvent): string[] {
    const actions = this.scheduler.step(event);
    checkScheduler(this.scheduler);
    for (const action of actions) this.note(action);
    return actions.map(formatAction);
  }

  private note(action: Action): void {
    if (action.kind !== 'launch') return;
    const { work } = action;
    this.works.push(work);
    const lane = this.queued.get(work.lane) ?? [];
    lane.push(work);
    this.queued.set(work.lane, lane);
  }
}
