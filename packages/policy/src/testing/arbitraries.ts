import fc from 'fast-check';
import type { MemoryConfig } from '../config.ts';
import type { ParameterValue } from '../policy.ts';
import type { CaseRequest, LawCase } from './case.ts';

/** What the generated worlds may contain. */
export interface ArbitraryOptions {
  readonly policyName: string;
  /** Policy parameters, one of these a case. */
  readonly parameters: readonly Readonly<Record<string, ParameterValue>>[];
  /** Only memories of this kind; all kinds where missing. */
  readonly memory?: MemoryConfig['kind'];
  /** Only this; both where missing. */
  readonly planAhead?: 0 | 1;
  /** Most requests a world. Default 7. */
  readonly maxRequests?: number;
}

const upTo = (max: number, min = 1) => fc.integer({ min, max });

/** Slot, contiguous and paged memories so small that they run out. */
export function memoryArbitrary(kind?: MemoryConfig['kind']): fc.Arbitrary<MemoryConfig> {
  const slots = fc.record({ kind: fc.constant('slots' as const), slots: upTo(5) });
  const contiguous = fc.record({
    kind: fc.constant('contiguous' as const),
    slots: upTo(7),
    reordering: fc.constantFrom('off' as const, 'flover' as const, 'least-bytes' as const),
  });
  const paged = fc.record({
    kind: fc.constant('paged' as const),
    blocks: upTo(24, 3),
    blockTokens: fc.constantFrom(1, 2, 4),
    hostBlocks: upTo(16, 0),
  });
  const all = { slots, contiguous, paged };
  return kind === undefined ? fc.oneof(slots, contiguous, paged) : all[kind];
}

const grouped = fc.oneof(
  { weight: 6, arbitrary: fc.constant({ group: 'single' as const, width: 1 }) },
  {
    weight: 1,
    arbitrary: upTo(3, 2).map((width) => ({ group: 'samples' as const, width })),
  },
  {
    weight: 1,
    arbitrary: upTo(3, 2).map((width) => ({ group: 'beams' as const, width })),
  },
);

/** One request with hidden ends and, now and then, an impatient client. */
export const requestArbitrary: fc.Arbitrary<CaseRequest> = fc
  .record({
    gapNanos: fc.oneof(fc.constant(0), upTo(9, 0), upTo(40, 0)),
    promptTokens: upTo(8),
    maxOutputTokens: upTo(8),
    grouped,
    endsAt: fc.oneof(fc.constant([]), fc.array(upTo(8), { maxLength: 3 })),
    cancelAfterNanos: fc.oneof(
      { weight: 7, arbitrary: fc.constant(undefined) },
      { weight: 1, arbitrary: upTo(60, 0) },
    ),
  })
  .map(({ grouped: group, ...request }) => ({ ...request, ...group }));

/** Who sent a request, and how urgent it is; often neither is said. */
const senderArbitrary = fc.record({
  tenant: fc.constantFrom(undefined, 'a', 'b', 'c'),
  priority: fc.constantFrom(undefined, 0, 1, 2, -1),
});

/** Whole worlds: configuration, workload, and durations that let lanes end in any order. */
export function caseArbitrary(options: ArbitraryOptions): fc.Arbitrary<LawCase> {
  const planAhead = options.planAhead;
  return fc
    .record({
      parameters: fc.constantFrom(...options.parameters),
      memory: memoryArbitrary(options.memory),
      maxSequences: fc.oneof(
        { weight: 3, arbitrary: fc.constant(6) },
        { weight: 1, arbitrary: upTo(6) },
      ),
      maxSequenceTokens: fc.oneof(
        { weight: 5, arbitrary: fc.constant(16) },
        { weight: 1, arbitrary: upTo(16, 4) },
      ),
      planAhead:
        planAhead === undefined ? fc.constantFrom(0 as const, 1 as const) : fc.constant(planAhead),
      requests: fc.array(requestArbitrary, { minLength: 1, maxLength: options.maxRequests ?? 7 }),
      durationsNanos: fc.array(upTo(9), { minLength: 1, maxLength: 8 }),
      ties: fc.constantFrom('ends-first' as const, 'arrivals-first' as const),
      // Of the requests in order of arrival; those beyond are nobody's.
      senders: fc.array(senderArbitrary, { maxLength: options.maxRequests ?? 7 }),
    })
    .map(
      ({ parameters, memory, maxSequences, maxSequenceTokens, planAhead, senders, ...rest }) => ({
        scheduler: {
          policy: { name: options.policyName, parameters },
          memory,
          maxSequences,
          maxSequenceTokens,
          planAhead,
        },
        ...rest,
        requests: rest.requests.map((request, place) => sentBy(request, senders[place])),
      }),
    );
}

function sentBy(
  request: CaseRequest,
  { tenant, priority }: { tenant?: string | undefined; priority?: number | undefined } = {},
): CaseRequest {
  return {
    ...request,
    ...(tenant !== undefined && { tenant }),
    ...(priority !== undefined && { priority }),
  };
}
