import type { SchedulerConfig } from '@flover/policy';
import type { MeasureRecord, TraceRecord } from '@flover/trace';
import type { WorkloadRequest } from '@flover/workload';
import type { Engine } from '../engine.ts';
import type { RunSignal } from '../run/signal.ts';
import type { Extent } from './extent.ts';
import { serve } from './serve.ts';

const PROMPT_TOKENS = 8;

/** Medians over the iterations of one request alone and of as many as there is room for. */
export function decodeFigures(
  engine: Engine,
  extent: Extent,
  signal?: RunSignal,
): Readonly<Record<string, number>> {
  const figures: Record<string, number> = {};
  for (const batch of [1, extent.maxSequences]) {
    const { sink } = serve(engine, configOf(extent), requestsOf(batch, extent), signal);
    const measured = decodesOf(sink.records, batch);
    if (measured.length === 0) continue;
    figures[`decodeMsBatch${batch}`] = median(
      measured.map(({ startNanos, endNanos }) => (endNanos - startNanos) / 1e6),
    );
    figures[`hostMicrosBatch${batch}`] = median(
      measured.map((m) => (m.planNanos + m.launchNanos + (m.takeNanos ?? 0)) / 1e3),
    );
  }
  return figures;
}

function configOf({ maxSequences, maxSequenceTokens }: Extent): SchedulerConfig {
  return {
    policy: { name: 'temporal-fusion', parameters: {} },
    memory: { kind: 'slots', slots: maxSequences },
    maxSequences,
    maxSequenceTokens,
    planAhead: 1,
  };
}

function requestsOf(batch: number, { maxSequenceTokens }: Extent): WorkloadRequest[] {
  return Array.from({ length: batch }, (_, id) => ({
    id,
    arrivalNanos: 0,
    promptTokens: PROMPT_TOKENS,
    maxOutputTokens: Math.floor(maxSequenceTokens / 2),
    group: 'single' as const,
    width: 1,
    sampling: { endTokens: [] },
  }));
}

/** Measures of the iterations with so many rows, each of one token. */
function decodesOf(records: readonly TraceRecord[], batch: number): MeasureRecord[] {
  const works = new Set<number>();
  const measures: MeasureRecord[] = [];
  for (const record of records) {
    if (record.kind === 'measure' && works.has(record.work)) measures.push(record);
    if (record.kind !== 'action' || record.action.kind !== 'launch') continue;
    const { id, sequences, newTokens } = record.action.work;
    if (sequences.length === batch && newTokens === batch) works.add(id);
  }
  return measures;
}

function median(values: number[]): number {
  return values.sort((a, b) => a - b)[Math.floor(values.length / 2)]!;
}
