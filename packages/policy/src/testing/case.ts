import type { SchedulerConfig } from '../config.ts';
import type { GroupKind, RequestView } from '../request.ts';

/** One request of a law case, and what only the executor may know of it. */
export interface CaseRequest {
  /** Time since the previous request's arrival. */
  readonly gapNanos: number;
  readonly promptTokens: number;
  readonly maxOutputTokens: number;
  readonly group: GroupKind;
  readonly width: number;
  /**
   * Hidden: sequence i stops at its token number endsAt[i % length], if that is within
   * `maxOutputTokens`; empty: every sequence runs to its length limit.
   */
  readonly endsAt: readonly number[];
  /** Hidden: the client gives up this long after arrival. */
  readonly cancelAfterNanos: number | undefined;
  readonly tenant?: string;
  readonly priority?: number;
}

/** Which of several things that happen at the same nanosecond is told first. */
export type TieOrder = 'ends-first' | 'arrivals-first';

/** A whole small world: a scheduler's configuration, a workload and an executor's whims. */
export interface LawCase {
  readonly scheduler: SchedulerConfig;
  readonly requests: readonly CaseRequest[];
  /** Work i takes durationsNanos[i % length] once it starts; at least one, each at least 1. */
  readonly durationsNanos: readonly number[];
  readonly ties: TieOrder;
}

/** How a twin of a case differs from it without changing what the scheduler may decide on. */
export interface Twist {
  /** Every time is multiplied by this. Default 1. */
  readonly timeFactor?: number;
  /** The request that arrives in place i gets this id. Default i. */
  readonly requestIds?: readonly number[];
  /** What each tenant is called. Default: as the case says. */
  readonly tenantNames?: ReadonlyMap<string, string>;
}

/** The token at which sequence `index` of a request stops, or undefined: its length limit. */
export function stopsAt(request: CaseRequest, index: number): number | undefined {
  if (request.endsAt.length === 0) return undefined;
  const place = request.group === 'beams' ? 0 : index % request.endsAt.length;
  const end = request.endsAt[place]!;
  return end <= request.maxOutputTokens ? end : undefined;
}

/** True output length of the request's longest sequence. */
export function trueOutputTokens(request: CaseRequest): number {
  let longest = 0;
  for (let index = 0; index < request.width; index++) {
    longest = Math.max(longest, stopsAt(request, index) ?? request.maxOutputTokens);
  }
  return longest;
}

/**
 * What the scheduler is told of each request, in order of arrival.
 *
 * The true length is always there, to tempt: only a policy that asks for it by name may look.
 */
export function requestViews(world: LawCase, twist: Twist = {}): RequestView[] {
  const factor = twist.timeFactor ?? 1;
  let arrivalNanos = 0;
  return world.requests.map((request, place) => {
    arrivalNanos += request.gapNanos * factor;
    const { tenant, priority } = request;
    return Object.freeze({
      id: twist.requestIds?.[place] ?? place,
      arrivalNanos,
      promptTokens: request.promptTokens,
      maxOutputTokens: request.maxOutputTokens,
      group: request.group,
      width: request.width,
      ...(tenant !== undefined && { tenant: twist.tenantNames?.get(tenant) ?? tenant }),
      ...(priority !== undefined && { priority }),
      oracleOutputTokens: trueOutputTokens(request),
    });
  });
}
