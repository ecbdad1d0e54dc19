import { describe, expect, it } from 'vitest';
import { InvariantError } from '../invariant.ts';
import { definePolicy, type LaneView, type Plan, type SequenceView } from '../policy.ts';
import type { GroupKind } from '../request.ts';
import { ScriptedRun, type ScriptOptions } from './scripted-run.ts';

/** A policy with two lanes that does what the test says. */
function policyOf(plan: (lane: LaneView, plan: Plan) => void) {
  return definePolicy({
    name: 'mine',
    parameters: {},
    create: () => ({ name: 'mine', lanes: ['one', 'two'], plan }),
  });
}

/** Admits and prefills on lane 0, then does `then` on the lane named. */
function after(lane: number, then: (plan: Plan, first: SequenceView) => void) {
  return policyOf((each, plan) => {
    const request = plan.waiting.first;
    if (each.index === 0 && request !== undefined) plan.prefill(plan.admit(request)[0]!, 99);
    if (each.index === lane) then(plan, plan.sequences[0]!);
  });
}

const arriveWith = (policy: ReturnType<typeof policyOf>) => () =>
  new ScriptedRun({ policy }).arrive(0, 4, 4);

describe('an illegal call names the policy, the lane and what it did', () => {
  it.each<[string, ReturnType<typeof policyOf>]>([
    [
      'admitted request 7, which is unknown or has ended',
      policyOf((_, plan) => plan.admit({ ...plan.waiting.first!, id: 7 })),
    ],
    [
      'admitted request 0, which is admitted already',
      policyOf((_, plan) => {
        const request = plan.waiting.first!;
        plan.admit(request);
        plan.admit(request);
      }),
    ],
    ['refused request 0, which is admitted already', after(0, (plan) => plan.refuse(0, 'no'))],
    [
      'decoded sequence 0, which has a row in this work already',
      after(0, (plan, first) => plan.decode(first)),
    ],
    ['decoded sequence 0, which is busy on lane 0', after(1, (plan, first) => plan.decode(first))],
    [
      'preempted sequence 0, which is busy on lane 0',
      after(1, (plan, first) => plan.preempt(first, 'recompute')),
    ],
    ['resumed sequence 0, which is not preempted', after(1, (plan, first) => plan.resume(first))],
    [
      'decoded sequence 5, which is unknown or was released',
      after(1, (plan, first) => plan.decode({ ...first, id: 5 })),
    ],
    [
      'decoded sequence 0, whose prompt is not yet planned',
      policyOf((_, plan) => plan.decode(plan.admit(plan.waiting.first!)[0]!)),
    ],
    [
      'prefilled 0 tokens of sequence 0; at least 1 is allowed',
      policyOf((_, plan) => plan.prefill(plan.admit(plan.waiting.first!)[0]!, 0)),
    ],
    ['asked to be woken at NaN', policyOf((_, plan) => plan.wakeAt(Number.NaN))],
  ])('%s', (message, policy) => {
    expect(arriveWith(policy)).toThrowError(
      expect.objectContaining({
        code: 'illegal-action',
        message: expect.stringMatching(/policy 'mine', planning lane \d '(one|two)' at 0 ns, /),
      }),
    );
    expect(arriveWith(policy)).toThrowError(message);
  });

  it('decoded a preempted sequence', () => {
    const policy = policyOf((lane, plan) => {
      if (lane.index > 0 || plan.waiting.length === 0) return;
      const first = plan.admit(plan.waiting.first!)[0]!;
      plan.preempt(first, 'recompute');
      plan.decode(first);
    });
    expect(arriveWith(policy)).toThrowError('which is preempted; resume it first');
  });

  it('extended a sequence that has stopped', () => {
    let kept: SequenceView | undefined;
    const policy = policyOf((lane, plan) => {
      if (lane.index > 0) return;
      if (plan.waiting.first) kept = plan.admit(plan.waiting.first)[0]!;
      if (kept?.state === 'prefill') plan.prefill(kept, 2);
      else if (kept) plan.decode(kept);
    });
    const run = new ScriptedRun({ policy, planAhead: 1 });
    run.arrive(0, 4, 9);
    run.end(0);
    expect(() => run.end(0, 0)).toThrowError('decoded sequence 0, which has ended');
  });
});

it('wraps what a policy throws and keeps the cause', () => {
  const cause = new TypeError('x is not a function');
  const policy = policyOf(() => {
    throw cause;
  });
  expect(arriveWith(policy)).toThrowError(expect.objectContaining({ code: 'policy-threw', cause }));
});

it('refuses a plan that is async, whatever becomes of its promise', async () => {
  const policy = policyOf(async (_, plan) => {
    await Promise.resolve();
    plan.decodeAll();
  });
  expect(arriveWith(policy)).toThrowError('returned a promise');
  // A rejection that nobody hears would fail this test's whole run.
  await new Promise((resolve) => setTimeout(resolve, 5));
});

it('does not go on after a failure', () => {
  const run = new ScriptedRun({
    policy: policyOf(() => {
      throw new Error('first');
    }),
  });
  expect(() => run.arrive(0, 1, 1)).toThrowError('first');
  expect(() => run.arrive(1, 1, 1)).toThrowError(InvariantError);
});

describe('a policy that leads nowhere is stopped', () => {
  it('a plan that preempts and resumes for ever', () => {
    const policy = policyOf((lane, plan) => {
      if (lane.index > 0) return;
      if (plan.waiting.first) plan.admit(plan.waiting.first);
      const first = plan.sequences[0]!;
      if (first.state === 'preempted') plan.resume(first);
      else plan.preempt(first, 'recompute');
    });
    expect(arriveWith(policy)).toThrowError(expect.objectContaining({ code: 'policy-livelock' }));
  });

  it('a plan that asks for ever', () => {
    const policy = policyOf((_, plan) => {
      while (!plan.canAdmit({ ...plan.waiting.first!, id: 9 }));
    });
    expect(arriveWith(policy)).toThrowError(expect.objectContaining({ code: 'policy-livelock' }));
  });

  it.each([
    ['in the past, in virtual time', () => 0, 0],
    ['in the past, on a clock that goes on', () => 0, 20_000],
    ['a nanosecond from now, on a clock that goes on', (now: number) => now + 1, 20_000],
  ])('waking for ever: %s', (_, wake, gapNanos) => {
    const run = new ScriptedRun({
      policy: policyOf((_, plan) => plan.wakeAt(wake(plan.nowNanos))),
    });
    run.arrive(0, 1, 1);
    expect(() => {
      for (let i = 0; i < 2000; i++) run.timer(i * gapNanos);
    }).toThrowError(expect.objectContaining({ code: 'policy-livelock' }));
  });

  it('but one that looks again every half a millisecond may', () => {
    const policy = policyOf((_, plan) => plan.wakeAt(plan.nowNanos + 500_000));
    const run = new ScriptedRun({ policy });
    run.arrive(0, 1, 1);
    for (let i = 1; i < 3000; i++) run.timer(i * 500_000);
    expect(run.scheduler.view.waiting).toBe(1);
  });
});

describe('a request that can never be served is refused with the reason', () => {
  const paged = { kind: 'paged', blocks: 4, blockTokens: 2, hostBlocks: 0 } as const;
  type Shape = [number, number, GroupKind?, number?];
  it.each<[ScriptOptions, Shape, string]>([
    [{}, [900, 200], 'prompt 900 + output 200 tokens exceed maxSequenceTokens 1024'],
    [{ memory: paged }, [6, 4], '5 KV blocks of 2 tokens exceed the 4 of the memory'],
    [{}, [0, 4], 'promptTokens 0 is not a positive integer'],
    [{}, [3, 1.5], 'maxOutputTokens 1.5 is not a positive integer'],
    [{ maxSequences: 2 }, [1, 1, 'samples', 3], 'width 3 exceeds maxSequences 2'],
    [
      { memory: { kind: 'slots', slots: 2 } },
      [1, 1, 'beams', 3],
      'width 3 exceeds the 2 slots of the memory',
    ],
  ])('%o %o', (options, [prompt, output, group = 'single', width = 1], reason) => {
    const run = new ScriptedRun(options);
    expect(run.arrive(0, prompt, output, group, width)).toEqual([`refuse request 0: ${reason}`]);
  });

  it('takes what fits exactly', () => {
    const run = new ScriptedRun({ memory: paged });
    run.arrive(0, 6, 3);
    expect(run.drain()).toContain('finish request 0: length, 3 tokens');
  });
});

it('hides the true length from a policy that did not ask for it', () => {
  const seen: (number | undefined)[] = [];
  const look = (oracle: boolean) =>
    definePolicy({
      name: 'looks',
      parameters: {},
      create: () => ({
        name: 'looks',
        lanes: ['main'],
        oracle,
        plan: (_, plan) => seen.push(plan.waiting.first?.oracleOutputTokens),
      }),
    });
  for (const oracle of [false, true]) {
    const run = new ScriptedRun({ policy: look(oracle) });
    const request = { id: 0, arrivalNanos: 0, promptTokens: 1, maxOutputTokens: 9 };
    run.step({
      kind: 'arrive',
      timeNanos: 0,
      request: { ...request, group: 'single', width: 1, oracleOutputTokens: 5 },
    });
  }
  expect(seen).toEqual([undefined, 5]);
});
