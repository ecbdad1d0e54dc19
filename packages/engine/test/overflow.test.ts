import { readFileSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { createScheduler } from '@flover/policy';
import { memorySink, readTrace, tee, traceWriter } from '@flover/trace';
import { afterAll, describe, expect, test } from 'vitest';
import { readHeader } from '../src/checkpoint/safetensors.ts';
import type { SequenceOutput } from '../src/run/book.ts';
import { ListSource } from '../src/run/list-source.ts';
import { runEngine } from '../src/run/run.ts';
import { warmUp } from '../src/run/warm-up.ts';
import { copyOf, temporaryFolder } from './fixtures.ts';
import { openCpu, promptRequest, runRequests, schedulerConfig } from './run-requests.ts';
import { floverErrorOf } from './thrown.ts';

const config = schedulerConfig();

/** The only token with something in the first dimension, which the first norm makes infinite. */
const LOUD = 7;

/** A checkpoint whose prompts with `loud` tokens overflow. */
function overflowing(loud: (token: number) => boolean): string {
  const folder = copyOf('llama-mha');
  const file = join(folder, 'model.safetensors');
  const bytes = readFileSync(file);
  const change = (name: string, step: number, value: (index: number) => number) => {
    const { begin, end } = readHeader(file).find((tensor) => tensor.name === name)!;
    for (let at = begin, i = 0; at < end; at += 4 * step) bytes.writeFloatLE(value(i++), at);
  };
  const columns = 40;
  change('model.embed_tokens.weight', columns, (token) => (loud(token) ? 100 : 0));
  const norm = 'model.layers.0.input_layernorm.weight';
  const { begin } = readHeader(file).find((tensor) => tensor.name === norm)!;
  bytes.writeFloatLE(3e38, begin);
  writeFileSync(file, bytes);
  return folder;
}

const folder = overflowing((token) => token === LOUD);
const engine = openCpu({ kind: 'checkpoint', folder }, config);
afterAll(() => engine.close());

const quiet = [0, 1, 2].map((id) => promptRequest(id, [20 + id, 21, 22], 12));
const serve = (requests: typeof quiet) => {
  const sink = memorySink();
  const outputs = new Map<number, readonly SequenceOutput[]>();
  const error = floverErrorOf(() =>
    runEngine({
      engine,
      scheduler: createScheduler(config),
      source: new ListSource(requests),
      sink,
      prompts: { seed: 1, replication: 0 },
      output: (request, sequences) => outputs.set(request.id, sequences),
    }),
  );
  const ended = sink.records.flatMap((record) =>
    record.kind === 'action' && record.action.kind === 'finish' ? [record.action] : [],
  );
  return { sink, outputs, error, ended };
};

describe('a request whose numbers overflow', () => {
  test('ends alone; all others get their tokens, and the run tells', () => {
    const alone = runRequests(engine, config, quiet).outputs;
    const loud = promptRequest(3, [20, LOUD, 21], 12);
    const { sink, outputs, error, ended } = serve([...quiet, loud]);
    expect(error.code).toBe('logits-not-finite');
    expect(error.message).toBe(
      'request 3 was given up: the logits of its token at position 3, counted from 0 with the prompt, ' +
        'hold NaN, so that none can be drawn',
    );
    expect(error.hint).toMatch(/^the weights may be damaged/);
    expect(sink.records.at(-1)).toMatchObject({ outcome: 'failed', message: error.message });
    expect(ended.map(({ request, reason }) => [request, reason])).toContainEqual([3, 'cancelled']);
    expect(ended.filter(({ reason }) => reason === 'length')).toHaveLength(3);
    expect(outputs.get(3)![0]!.tokens).toHaveLength(0);
    for (const { id } of quiet) expect(outputs.get(id)).toEqual(alone.get(id));
  });

  test('does not count as served where that token was its last', () => {
    const { ended } = serve([promptRequest(0, [LOUD], 1)]);
    expect(ended).toMatchObject([{ reason: 'cancelled', outputTokens: 0 }]);
  });

  test('ends with all its samples or beams, and is told once', () => {
    const requests = (['samples', 'beams'] as const).map((group, id) =>
      promptRequest(id, [20, LOUD], 6, { group, width: 3 }),
    );
    const { error, ended } = serve([...requests, promptRequest(2, [20, 21], 6)]);
    expect(error.message).toMatch(/^request 0 was given up.*; likewise 1 more \(1\)$/);
    expect(ended.map(({ request, reason }) => [request, reason])).toEqual([
      [0, 'cancelled'],
      [1, 'cancelled'],
      [2, 'length'],
    ]);
  });

  test('leaves the engine as it was', () => {
    serve([promptRequest(0, [LOUD], 4)]);
    expect(runRequests(engine, config, quiet).summary.outcome).toBe('complete');
  });
});

test('a model that no prompt gets through is told before the run, with what may help', () => {
  const model = { kind: 'checkpoint', folder: overflowing(() => true) } as const;
  const broken = openCpu(model, config);
  const error = floverErrorOf(() => warmUp(broken, config));
  broken.close();
  expect(error.code).toBe('logits-not-finite');
  // Their prompts run on several lanes, so any of them may be the first to end.
  expect(error.message).toMatch(
    /^before the run, on made-up prompts: request [0-3] .*; likewise 3 more/,
  );
});

test('a trace with rows that gave no token can be read again', () => {
  const path = join(temporaryFolder(), 'trace.jsonl');
  const scheduler = createScheduler(config);
  const header = { kind: 'header', format: 'flover-trace', version: 1, world: 'engine' } as const;
  const written = memorySink();
  const sink = traceWriter(path, { ...header, scheduler: scheduler.config });
  runEngine({
    engine,
    scheduler,
    source: new ListSource([promptRequest(0, [1, 2], 30, { outputTokens: 4 })]),
    sink: tee(written, sink),
    prompts: { seed: 1, replication: 0 },
  });
  const events = [...readTrace(path)].filter(({ kind }) => kind === 'event');
  expect(events).toEqual(written.records.filter(({ kind }) => kind === 'event'));
  expect(events.at(-1)).toMatchObject({ event: { kind: 'end', tokens: [-1] } });
});
