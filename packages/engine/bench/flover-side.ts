import { createScheduler, type SchedulerConfig, type SchedulerEvent } from '@flover/policy';
import { memorySink, type TraceSink, tee } from '@flover/trace';
import { Engine } from '../src/engine.ts';
import { limitsFor } from '../src/limits.ts';
import { ListSource } from '../src/run/list-source.ts';
import { runEngine } from '../src/run/run.ts';
import type { DecodeMeasurement, DecodeTask } from './task.ts';

/** Decodes with this engine, a batch that stays together; the whole loop with policy and trace included. */
export function measureFlover(folder: string, task: DecodeTask): DecodeMeasurement {
  const config: SchedulerConfig = {
    policy: {
      name: 'dynamic-batching',
      parameters: { maxBatchSize: task.batch, windowMs: 10_000 },
    },
    memory: { kind: 'slots', slots: task.batch },
    maxSequences: task.batch,
    maxSequenceTokens: 512,
    planAhead: 1,
  };
  const engine = Engine.open({
    model: { kind: 'checkpoint', folder, dataType: 'f16' },
    backend: 'cpu',
    limits: limitsFor(config, 1, task.threads),
  });
  const records = memorySink();
  const meter = new Meter();
  const texts: number[][] = [];
  runEngine({
    engine,
    scheduler: createScheduler(config),
    source: new ListSource(requestsOf(task)),
    sink: tee(records, meter),
    prompts: { seed: 0, replication: 0 },
    output: (_, [sequence]) => texts.push([...sequence!.tokens]),
  });
  engine.close();
  // The first work is the prefill, which samples the first token of all.
  const [start, end] = [meter.ends[task.warmUpTokens - 1]!, meter.ends.at(-1)!];
  const tokens = task.batch * task.tokens;
  return {
    tokensPerSecond: tokens / ((end.wallMs - start.wallMs) / 1e3),
    tokensPerCoreSecond: tokens / ((end.cpuMicros - start.cpuMicros) / 1e6),
    iterations: meter.ends.length - task.warmUpTokens,
    threads: task.threads,
    texts,
  };
}

/** Wall and processor time at the end of each work. */
class Meter implements TraceSink {
  readonly ends: { readonly wallMs: number; readonly cpuMicros: number }[] = [];

  event(event: SchedulerEvent): void {
    if (event.kind !== 'end') return;
    const { user, system } = process.cpuUsage();
    this.ends.push({ wallMs: performance.now(), cpuMicros: user + system });
  }

  action(): void {}
  measure(): void {}
  close(): void {}
}

function requestsOf({ batch, prompt, warmUpTokens, tokens }: DecodeTask) {
  return Array.from({ length: batch }, (_, id) => ({
    id,
    arrivalNanos: 0,
    promptTokens: prompt.length,
    promptTokenIds: prompt,
    maxOutputTokens: warmUpTokens + tokens,
    group: 'single' as const,
    width: 1,
    sampling: { endTokens: [] },
  }));
}
