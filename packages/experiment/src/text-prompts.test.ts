import { cpSync, mkdtempSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { fileURLToPath } from 'node:url';
import { openTokenizer, RunSignal } from '@flover/engine';
import type { CellComparison } from '@flover/metrics';
import { FloverError, type SchedulerEvent } from '@flover/policy';
import { readTrace } from '@flover/trace';
import { readRequests } from '@flover/workload';
import { expect, test } from 'vitest';
import { quietHooks } from './hooks.ts';
import { runExperiment } from './run-experiment.ts';
import { parseExperiment } from './spec/load.ts';

const CHECKPOINT = fileURLToPath(new URL('../../engine/fixtures/llama-mha', import.meta.url));
const TEXTS = ['The scheduler decides.', 'naïve café, 東京', 'the engine'];
const tokenizer = openTokenizer(CHECKPOINT);
const lengths = TEXTS.map((text) => tokenizer.encode(text).length);
const hooks = quietHooks(new RunSignal());

/** Rows of a request file, one a text, with what else a row is to say of its prompt. */
const rowsOf = (prompt: (text: string, index: number) => object) =>
  TEXTS.map((text, index) => ({ arrivalMs: index, maxOutputTokens: 6, ...prompt(text, index) }));

function parse(rows: readonly object[], model = `checkpoint: ${CHECKPOINT}`, further = '') {
  const folder = mkdtempSync(join(tmpdir(), 'flover-text-'));
  const lines = [{ format: 'flover-requests', version: 1 }, ...rows];
  const path = join(folder, 'requests.jsonl');
  writeFileSync(path, lines.map((line) => JSON.stringify(line)).join('\n'));
  return parseExperiment(
    join(folder, 'text.yaml'),
    `name: text
model: { ${model}, dataType: f32 }
engine: { backend: cpu, threads: 1 }
costModel: { kind: roofline, device: cpu }
limits: { maxSequences: 4, maxSequenceTokens: 128 }
policies: [temporal-fusion]
workload: { kind: trace, format: requests, path: ${path}${further} }
`,
  );
}

const eventsOf = (path: string): SchedulerEvent[] =>
  [...readTrace(path)].flatMap((record) => (record.kind === 'event' ? [record.event] : []));

async function run(rows: readonly object[]) {
  const out = mkdtempSync(join(tmpdir(), 'flover-text-'));
  const { cells } = await runExperiment(parse(rows), ['simulator', 'engine'], hooks, out);
  const [cell] = cells as [CellComparison];
  const fileOf = (world: 'real' | 'simulated', name: string) =>
    join(out, cell[world]!.folder, name);
  return {
    cell,
    promptsOf: (world: 'real' | 'simulated') =>
      readRequests(fileOf(world, 'requests.jsonl')).requests.map((one) => one.promptTokenIds),
    arrivals: (world: 'real' | 'simulated') =>
      eventsOf(fileOf(world, 'trace.jsonl')).flatMap((event) =>
        event.kind === 'arrive' ? [event.request.promptTokens] : [],
      ),
    /** The tokens that the engine sampled, in order. */
    sampled: eventsOf(fileOf('real', 'trace.jsonl')).flatMap((event) =>
      event.kind === 'end' ? (event.tokens ?? []) : [],
    ),
  };
}

function refusal(act: () => unknown): FloverError {
  try {
    act();
  } catch (error) {
    if (error instanceof FloverError) return error;
    throw error;
  }
  throw new Error('nothing was refused');
}

test('text is what its tokenizer makes of it, real and simulated alike', async () => {
  const tokens = TEXTS.map((text) => tokenizer.encode(text));
  // One request alone, so that the order of the sampled tokens does not hang on timing.
  const first = rowsOf((promptText) => ({ promptText })).slice(0, 1);
  const firstIds = rowsOf((_, i) => ({ promptTokenIds: tokens[i] })).slice(0, 1);
  const counted = rowsOf((_, i) => ({ promptTokens: lengths[i] })).slice(0, 1);
  const asText = await run(first);
  expect(asText.sampled).toHaveLength(6);
  expect(asText.sampled).toEqual((await run(firstIds)).sampled);
  expect(asText.sampled).not.toEqual((await run(counted)).sampled);

  const all = await run(rowsOf((promptText) => ({ promptText })));
  for (const world of ['real', 'simulated'] as const) {
    expect(all.promptsOf(world)).toEqual(tokens);
    expect(all.arrivals(world)).toEqual(lengths);
  }
  expect(all.cell.replay).toMatchObject({ identical: true, cutOff: false });
  expect(all.cell.real!.metrics.values.requestsServed).toBe(TEXTS.length);
}, 60_000);

test('the number of tokens that stands beside a text is that of the tokenizer', () => {
  const beside = (off: number) =>
    parse(rowsOf((promptText, i) => ({ promptText, promptTokens: lengths[i]! + off * i })));
  expect(() => beside(0)).not.toThrow();
  expect(refusal(() => beside(1)).message).toMatch(
    new RegExp(
      `requests\\.jsonl:3: promptTokens is ${lengths[1]! + 1}, but the tokenizer makes ${lengths[1]} of`,
    ),
  );
});

test('the lengths of a file of texts can be drawn from', () => {
  const path = join(parse(rowsOf((promptText) => ({ promptText }))).folder, 'requests.jsonl');
  const drawn = `name: drawn
model: { checkpoint: ${CHECKPOINT}, dataType: f32 }
limits: { maxSequenceTokens: 128 }
policies: [sequential]
workload:
  kind: synthetic
  requests: 3
  arrivals: { kind: all-at-once }
  lengths: { kind: trace, format: requests, path: ${path} }
`;
  expect(() => parseExperiment('drawn.yaml', drawn)).not.toThrow();
  const shape = drawn.replace(`checkpoint: ${CHECKPOINT}`, 'shape: tiny-llama');
  expect(refusal(() => parseExperiment('drawn.yaml', shape)).message).toMatch(
    /requests\.jsonl:2: promptText alone/,
  );
});

test('a shape has no tokenizer: text needs its number of tokens beside it', () => {
  const shape = 'shape: tiny-llama';
  const error = refusal(() =>
    parse(
      rowsOf((promptText) => ({ promptText })),
      shape,
    ),
  );
  expect(error.code).toBe('bad-experiment');
  expect(error.message).toMatch(/text\.yaml:7:11: workload: .*requests\.jsonl:2: promptText alone/);
  expect(error.message).toContain('name a checkpoint as the model, or give promptTokens beside it');
  expect(() =>
    parse(
      rowsOf((promptText) => ({ promptText, promptTokens: 5 })),
      shape,
    ),
  ).not.toThrow();
});

test('a tokenizer that makes what the model does not know, and a folder that is no checkpoint', () => {
  const texts = rowsOf((promptText) => ({ promptText }));
  const folder = mkdtempSync(join(tmpdir(), 'flover-text-'));
  const model = `checkpoint: ${folder}`;
  expect(refusal(() => parse(texts, model)).message).toContain('config.json cannot be read');
  cpSync(CHECKPOINT, folder, { recursive: true });
  const config = JSON.parse(readFileSync(join(folder, 'config.json'), 'utf8'));
  writeFileSync(join(folder, 'config.json'), JSON.stringify({ ...config, vocab_size: 280 }));
  const error = refusal(() => parse(texts, model));
  expect(error.message).toMatch(/made token \d+ of a prompt, but the model has 280/);
  expect(error.hint).toContain('0 to 279');
});

test('only text needs a tokenizer; where it is missing that is said, and no row is left out', () => {
  const folder = mkdtempSync(join(tmpdir(), 'flover-text-'));
  cpSync(CHECKPOINT, folder, { recursive: true });
  rmSync(join(folder, 'tokenizer.json'));
  const model = `checkpoint: ${folder}`;
  expect(() =>
    parse(
      rowsOf(() => ({ promptTokens: 5 })),
      model,
    ),
  ).not.toThrow();
  expect(() =>
    parse(
      rowsOf(() => ({ promptTokenIds: [5] })),
      model,
    ),
  ).not.toThrow();
  const texts = rowsOf((promptText) => ({ promptText, promptTokens: 5 }));
  for (const further of ['', ', malformed: skip']) {
    const error = refusal(() => parse(texts, model, further));
    expect(error.message).toContain(`${join(folder, 'tokenizer.json')} cannot be read`);
    expect(error.hint).toContain('copy tokenizer.json');
  }
  cpSync(join(CHECKPOINT, 'tokenizer.json'), join(folder, 'tokenizer.json'));
  expect(() =>
    parse(
      rowsOf((promptText) => ({ promptText })),
      model,
    ),
  ).not.toThrow();
});
