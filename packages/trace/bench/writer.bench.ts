// What one decode launch of 64 rows costs, CPU time, to encode, and to write to a file.
import { mkdtempSync, rmSync, statSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import type { Action, Work } from '@flover/policy';
import { type HeaderRecord, readTrace, traceWriter } from '../src/index.ts';
import { ByteBuffer } from '../src/jsonl/byte-buffer.ts';
import { encodeAction } from '../src/jsonl/encode.ts';

const launches = 200_000;
const rows = Array.from({ length: 64 }, (_, i) => i);
const work: Work = {
  id: 123_456,
  lane: 0,
  sequences: rows.map((i) => 7000 + i),
  from: rows.map((i) => 500 + i),
  to: rows.map((i) => 501 + i),
  flags: rows.map(() => 3),
  deadRows: 0,
  swaps: [],
  moves: [],
  placements: [],
  forks: [],
  newTokens: 64,
  decodeKvTokens: rows.reduce((sum, i) => sum + 501 + i, 0),
};
const action: Action = { kind: 'launch', work };
const header: HeaderRecord = {
  kind: 'header',
  format: 'flover-trace',
  version: 1,
  world: 'simulator',
  scheduler: {},
};

function report(name: string, count: number, act: () => void): void {
  let bestNanos = Number.POSITIVE_INFINITY;
  for (let round = 0; round < 3; round++) {
    const before = process.cpuUsage();
    act();
    const { user, system } = process.cpuUsage(before);
    bestNanos = Math.min(bestNanos, ((user + system) * 1000) / count);
  }
  console.log(`${name}: ${bestNanos.toFixed(0)} ns`);
}

const out = new ByteBuffer(4096);
report('encode a launch of 64 rows', launches, () => {
  for (let i = 0; i < launches; i++) {
    out.clear();
    encodeAction(out, action, 1e12 + i);
  }
});
report('the same by JSON.stringify, for comparison', launches, () => {
  for (let i = 0; i < launches; i++) JSON.stringify(action);
});
const folder = mkdtempSync(join(tmpdir(), 'flover-bench-'));
const path = join(folder, 'trace.jsonl');
report('write a launch of 64 rows to a file', launches, () => {
  const writer = traceWriter(path, header);
  for (let i = 0; i < launches; i++) writer.action(action, 1e12 + i);
  writer.close({ kind: 'footer', timeNanos: 2e12, outcome: 'complete' });
});
console.log(`size of a launch: ${Math.round(statSync(path).size / launches)} bytes`);
report('read a launch of 64 rows from a file', launches, () => {
  let records = 0;
  for (const _ of readTrace(path)) records++;
  if (records !== launches + 2) throw new Error(`${records} records were read`);
});
rmSync(folder, { recursive: true });
