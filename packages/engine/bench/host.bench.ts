// What the host adds to an iteration, policy plus binding: 64 active requests in steady state, on the CPU
// backend with a tiny model, so that nothing but the host's own work is long. The promise: at most 50 us
// at p99. On a GPU `flover run` tells the same figures of every run (`hostMicrosP50`, `hostMicrosP99`).
import { createScheduler, type SchedulerConfig } from '@flover/policy';
import { type MeasureRecord, modelNamed, nullSink } from '@flover/trace';
import { Engine } from '../src/engine.ts';
import { limitsFor } from '../src/limits.ts';
import { ListSource } from '../src/run/list-source.ts';
import { runEngine } from '../src/run/run.ts';
import { warmUp } from '../src/run/warm-up.ts';

const PROMISE_MICROS = 50;
const ACTIVE = 64;
const PROMPT_TOKENS = 8;
const OUTPUT_TOKENS = Number(process.env.FLOVER_BENCH_TOKENS ?? 1000);

const config: SchedulerConfig = {
  policy: { name: 'temporal-fusion', parameters: {} },
  memory: { kind: 'slots', slots: ACTIVE },
  maxSequences: ACTIVE,
  maxSequenceTokens: PROMPT_TOKENS + OUTPUT_TOKENS,
  planAhead: 1,
};

function measure(): MeasureRecord[] {
  const base = modelNamed('tiny-llama');
  const shape = { ...base, layers: 1, maxPositions: config.maxSequenceTokens };
  const engine = Engine.open({
    model: { kind: 'synthetic', shape, dataType: 'f32', seed: 1 },
    backend: 'cpu',
    limits: limitsFor(config, 2, 1),
  });
  const records: MeasureRecord[] = [];
  const keep = { ...nullSink, measure: (record: MeasureRecord) => void records.push(record) };
  const requests = Array.from({ length: ACTIVE }, (_, id) => ({
    id,
    arrivalNanos: 0,
    promptTokens: PROMPT_TOKENS,
    maxOutputTokens: OUTPUT_TOKENS,
    group: 'single' as const,
    width: 1,
    sampling: { endTokens: [] },
  }));
  try {
    warmUp(engine, config);
    runEngine({
      engine,
      scheduler: createScheduler(config),
      source: new ListSource(requests),
      sink: keep,
      prompts: { seed: 1, replication: 0 },
    });
  } finally {
    engine.close();
  }
  return records.slice(2, -2);
}

function percentile(values: number[], probability: number): number {
  const sorted = values.sort((a, b) => a - b);
  return sorted[Math.min(sorted.length - 1, Math.floor(sorted.length * probability))]! / 1e3;
}

const records = measure();
const parts = {
  'plan (scheduler)': ({ planNanos }: MeasureRecord) => planNanos,
  'launch (packing, native call)': ({ launchNanos }: MeasureRecord) => launchNanos,
  'take (completion)': ({ takeNanos = 0 }: MeasureRecord) => takeNanos,
  'policy plus binding': ({ planNanos, launchNanos, takeNanos = 0 }: MeasureRecord) =>
    planNanos + launchNanos + takeNanos,
};
console.log(`${ACTIVE} active requests, ${records.length} iterations, microseconds of the host`);
let last = 0;
for (const [name, of] of Object.entries(parts)) {
  const values = records.map(of);
  const [p50, p90, p99] = [0.5, 0.9, 0.99].map((p) => percentile(values, p)) as [
    number,
    number,
    number,
  ];
  last = p99;
  console.log(
    `  ${name.padEnd(30)} p50 ${p50.toFixed(1).padStart(6)}  p90 ${p90.toFixed(1).padStart(6)}  p99 ${p99.toFixed(1).padStart(6)}`,
  );
}
console.log(
  `  ratio to the promise of ${PROMISE_MICROS} us at p99: ${(last / PROMISE_MICROS).toFixed(2)}`,
);
process.exit(last <= PROMISE_MICROS ? 0 : 1);
