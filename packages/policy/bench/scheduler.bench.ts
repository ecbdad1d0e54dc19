/**
 * Nanoseconds that the scheduler takes for one iteration, by policy and memory.
 *
 * `steady`: 64 sequences that all go on decoding. `churn`: conversation-like lengths, so that about
 * every second iteration somebody joins or leaves. Run: npx tsx packages/policy/bench/scheduler.bench.ts
 */
import { Bench } from 'tinybench';
import type { MemoryConfig, ParameterValue, Scheduler, SchedulerConfig } from '../src/index.ts';
import { createScheduler } from '../src/index.ts';

const ROWS = 64;
const MAX_TOKENS = 1_000_000;

const policies: Record<string, Record<string, ParameterValue>> = {
  'temporal-fusion': {},
  sequential: {},
  'static-batching': { batchSize: ROWS },
  'dynamic-batching': { maxBatchSize: ROWS, windowMs: 0 },
  'concurrent-instances': { instances: ROWS },
  'continuous-batching': {},
  'chunked-prefill': {},
};

const slots: MemoryConfig = { kind: 'slots', slots: ROWS };

const memories: Record<string, MemoryConfig> = {
  slots,
  flover: { kind: 'contiguous', slots: ROWS, reordering: 'flover' },
  'least-bytes': { kind: 'contiguous', slots: ROWS, reordering: 'least-bytes' },
  paged: { kind: 'paged', blocks: ROWS * 128, blockTokens: 16, hostBlocks: 0 },
};

/** A closed loop: whenever a request ends the next arrives; works end in order of launch. */
class Loop {
  readonly scheduler: Scheduler;
  private readonly outputTokens: (id: number) => number;
  private readonly launched: { lane: number; id: number }[] = [];
  private nowNanos = 0;
  private nextRequest = 0;

  constructor(config: SchedulerConfig, outputTokens: (id: number) => number) {
    this.scheduler = createScheduler(config);
    this.outputTokens = outputTokens;
    for (let i = 0; i < ROWS + 16; i++) this.arrive();
  }

  /** Carries one work out. */
  iterate(): void {
    const work = this.launched.shift();
    if (work === undefined) throw new Error('the scheduler has nothing to do');
    this.nowNanos += 1000;
    this.take({
      kind: 'end',
      timeNanos: this.nowNanos,
      lane: work.lane,
      work: work.id,
      stopped: [],
    });
  }

  private arrive(): void {
    const id = this.nextRequest++;
    const maxOutputTokens = this.outputTokens(id);
    this.take({
      kind: 'arrive',
      timeNanos: this.nowNanos,
      request: {
        id,
        arrivalNanos: this.nowNanos,
        promptTokens: 1 + ((id * 37) % 64),
        maxOutputTokens,
        group: 'single',
        width: 1,
      },
    });
  }

  private take(event: Parameters<Scheduler['step']>[0]): void {
    let finished = 0;
    for (const action of this.scheduler.step(event)) {
      if (action.kind === 'launch') this.launched.push(action.work);
      else if (action.kind === 'finish') finished++;
    }
    for (let i = 0; i < finished; i++) this.arrive();
  }
}

function config(name: string, memory: MemoryConfig, maxSequenceTokens: number): SchedulerConfig {
  const policy = { name, parameters: policies[name]! };
  return { policy, memory, maxSequences: ROWS, maxSequenceTokens, planAhead: 0 };
}

const bench = new Bench({ time: 400, warmupTime: 200 });
const BATCH = 100;

function add(label: string, loop: Loop): void {
  for (let i = 0; i < 5 * ROWS; i++) loop.iterate();
  bench.add(label, () => {
    for (let i = 0; i < BATCH; i++) loop.iterate();
  });
}

const only = process.argv[2] ?? '';
for (const name of Object.keys(policies)) {
  if (!name.includes(only)) continue;
  const steady = config(name, slots, 2 * MAX_TOKENS * 100);
  // The first ends at once, so that policies which batch only when idle then take a full batch.
  add(`${name}, slots, steady`, new Loop(steady, (id) => (id === 0 ? 1 : MAX_TOKENS * 100)));
}
for (const [kind, memory] of Object.entries(memories)) {
  for (const name of ['temporal-fusion', 'continuous-batching', 'chunked-prefill']) {
    if (!name.includes(only)) continue;
    const churn = config(name, memory, 2048);
    add(`${name}, ${kind}, churn`, new Loop(churn, (id) => 1 + ((id * 7919) % 400)));
  }
}

await bench.run();
for (const { name, result } of bench.tasks) {
  if (result.state !== 'completed') throw new Error(`${name}: ${result.state}`);
  const nanos = (milliseconds: number): string =>
    ((milliseconds * 1e6) / BATCH).toFixed(0).padStart(6);
  const { min, p50 } = result.latency;
  console.log(`${name.padEnd(42)}${nanos(min)} ns an iteration at best,${nanos(p50)} at p50`);
}
