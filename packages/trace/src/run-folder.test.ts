import { mkdtempSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { expect, test } from 'vitest';
import type { Manifest } from './manifest.ts';
import { createRunFolder, openRunFolder } from './run-folder.ts';
import { smallTrace } from './testing/small-trace.ts';
import { writeTrace } from './testing/write-trace.ts';

const manifest: Manifest = {
  format: 'flover-run',
  version: 1,
  world: 'simulator',
  createdAt: '2026-01-02T03:04:05.678Z',
  commit: { id: '0123abc', dirty: false },
  device: { name: 'h100-sxm' },
  backend: { name: 'simulated' },
  node: 'v20.20.0',
  seed: 1,
  replication: 0,
  policy: { name: 'temporal-fusion', parameters: {} },
  oracle: false,
  memory: { kind: 'slots', slots: 4 },
  model: { name: 'llama-13b' },
  workload: { kind: 'synthetic' },
  costModel: { kind: 'roofline' },
  commandLine: ['flover', 'simulate'],
};
const fresh = () => join(mkdtempSync(join(tmpdir(), 'flover-')), 'a', 'run');

test('a folder that was created is opened again', () => {
  const folder = fresh();
  const { tracePath } = createRunFolder(folder, manifest);
  expect(() => openRunFolder(folder)).toThrow('has a manifest, but no trace.jsonl');
  writeTrace(tracePath, smallTrace);
  expect(openRunFolder(folder)).toMatchObject({ tracePath, manifest });
});

test('a run is never written over', () => {
  const folder = fresh();
  createRunFolder(folder, manifest);
  expect(() => createRunFolder(folder, manifest)).toThrow('already holds a run');
});

test('what is wrong with a manifest is named', () => {
  const { seed: _, ...noSeed } = manifest;
  expect(() => createRunFolder(fresh(), noSeed as Manifest)).toThrow('seed');
  const folder = fresh();
  const { manifestPath } = createRunFolder(folder, manifest);
  writeFileSync(manifestPath, '{"format":');
  expect(() => openRunFolder(folder)).toThrow(`${manifestPath} is not JSON`);
  writeFileSync(manifestPath, JSON.stringify({ ...manifest, version: 2, colour: 'blue' }));
  expect(() => openRunFolder(folder)).toThrow(
    `${manifestPath} is of format version 2; this program reads version 1`,
  );
  expect(() => openRunFolder('/nowhere')).toThrow('/nowhere is no run folder');
});
