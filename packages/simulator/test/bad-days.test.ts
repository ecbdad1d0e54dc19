import { createScheduler, type Plan, type PolicyDefinition } from '@flover/policy';
import { memorySink } from '@flover/trace';
import { describe, expect, test } from 'vitest';
import { LinearCostModel } from '../src/cost-models/linear.ts';
import { simulate } from '../src/simulator.ts';
import { schedulerConfig } from './support/run.ts';
import { listSource } from './support/source.ts';

const costModel = new LinearCostModel({ iterationNanos: 100 });
const requests = Array.from({ length: 500 }, (_, i) => ({
  arrivalNanos: 1000 * i,
  promptTokens: 4,
}));

function policyThat(plan: (plan: Plan) => void): PolicyDefinition {
  const policy = { name: 'test', lanes: ['only'], plan: (_lane: unknown, p: Plan) => plan(p) };
  return { name: 'test', parameters: {}, create: () => policy };
}

function runWith(definition: PolicyDefinition) {
  const sink = memorySink();
  const scheduler = createScheduler(schedulerConfig('test'), definition);
  const run = () =>
    simulate({ scheduler, source: listSource(requests.slice(0, 3)), costModel, sink });
  return { sink, run };
}

describe('a run that is stopped', () => {
  test('ends with a readable trace that says so', () => {
    const sink = memorySink();
    let looks = 0;
    const signal = {
      get aborted() {
        return ++looks > 3;
      },
    };
    const scheduler = createScheduler(schedulerConfig('sequential'));
    const source = listSource(requests);
    const result = simulate({ scheduler, source, costModel, sink, signal });
    expect(result.outcome).toBe('cancelled');
    expect(result.requests).toBeLessThan(500);
    expect(sink.records.at(-1)).toMatchObject({ kind: 'footer', outcome: 'cancelled' });
  });

  test('may be stopped before it begins', () => {
    const sink = memorySink();
    const scheduler = createScheduler(schedulerConfig('sequential'));
    const source = listSource(requests);
    const signal = AbortSignal.abort();
    expect(simulate({ scheduler, source, costModel, sink, signal }).requests).toBe(0);
  });
});

describe('a wrong policy is named and nothing hangs', () => {
  test('one that serves nobody', () => {
    const { sink, run } = runWith(policyThat(() => {}));
    expect(run).toThrow(/policy 'test' .* 3 requests \(0, 1, 2\)/);
    expect(sink.records.at(-1)).toMatchObject({ kind: 'footer', outcome: 'failed' });
  });

  test('one that only ever asks for timers', () => {
    const { run } = runWith(policyThat((plan) => plan.wakeAt(plan.nowNanos + 2_000_000)));
    expect(run).toThrow(/timers/);
  });

  test('one that throws', () => {
    const { sink, run } = runWith(
      policyThat(() => {
        throw new Error('my own mistake');
      }),
    );
    expect(run).toThrow(/test/);
    expect(sink.records.at(-1)).toMatchObject({ kind: 'footer', outcome: 'failed' });
  });
});

test('a sink that fails, fails the run with its own error', () => {
  const scheduler = createScheduler(schedulerConfig('sequential'));
  const sink = {
    ...memorySink(),
    event: () => {
      throw new Error('disk full');
    },
  };
  expect(() => simulate({ scheduler, source: listSource(requests), costModel, sink })).toThrow(
    'disk full',
  );
});

test('a sink that cannot be closed is closed once', () => {
  const scheduler = createScheduler(schedulerConfig('sequential'));
  let closed = 0;
  const sink = {
    ...memorySink(),
    close: () => {
      closed++;
      throw new Error('disk full');
    },
  };
  expect(() => simulate({ scheduler, source: listSource(requests), costModel, sink })).toThrow(
    'disk full',
  );
  expect(closed).toBe(1);
});

test('a cost model that predicts nonsense is named', () => {
  const scheduler = createScheduler(schedulerConfig('sequential'));
  const broken = new LinearCostModel({ iterationNanos: 1 });
  broken.costOf = () => ({ soloNanos: Number.NaN, moveNanos: 0, planNanos: 0, launchNanos: 0 });
  const options = {
    scheduler,
    source: listSource(requests),
    costModel: broken,
    sink: memorySink(),
  };
  expect(() => simulate(options)).toThrow(/linear predicts NaN/);
});
