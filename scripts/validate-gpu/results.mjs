// The folder of a run and its manifest, written again after every part.
import { existsSync, mkdirSync, readFileSync, renameSync, writeFileSync } from 'node:fs';
import { hostname } from 'node:os';
import { join, resolve } from 'node:path';
import { ask, root } from './run.mjs';

const EXPERIMENT = join(root, 'experiments', '01-gpu-validation', 'results');

export function openResults(machine, { out, only, cases, requests, seed }) {
  const createdAt = new Date().toISOString();
  const commit = commitHere();
  const slug = machine.device.toLowerCase().replaceAll(/[^a-z0-9]+/g, '-');
  const time = createdAt.slice(0, 19).replaceAll(/[-:]/g, '').replace('T', '-');
  const runId = `${time}-${commit.id.slice(0, 8)}`;
  const folder = out ? resolve(out) : join(EXPERIMENT, slug, runId);
  mkdirSync(folder, { recursive: true });
  const earlier = earlierParts(folder, commit, machine);
  const { device, devices, driver, memory, capability, toolkit } = machine;
  const manifest = {
    format: 'flover-gpu-validation',
    version: 1,
    createdAt,
    runId,
    commit,
    host: hostname(),
    node: process.version,
    ...{ device, devices, driver, memory, capability, toolkit },
    options: { only, cases: Number(cases), requests: Number(requests), seed: Number(seed) },
    complete: false,
    parts: { ...earlier },
  };
  const write = () => {
    const path = join(folder, 'manifest.json');
    writeFileSync(`${path}.partial`, `${JSON.stringify(manifest, null, 1)}\n`);
    renameSync(`${path}.partial`, path);
  };
  return {
    folder,
    commit,
    path: (name) => join(folder, name),
    /** What an earlier call with this folder said of a part. */
    earlier: (part) => earlier[part],
    /** How a part of this run ended: passed, failed, skipped, or undefined where it was not asked. */
    outcomeOf: (part) => manifest.parts[part]?.outcome,
    start(part) {
      console.error(`\n== ${part}`);
      manifest.parts[part] = { outcome: 'running', startedAt: new Date().toISOString() };
      write();
    },
    end(part, { outcome, detail = '', ...more }) {
      const { startedAt } = manifest.parts[part];
      manifest.parts[part] = {
        outcome,
        detail,
        startedAt,
        endedAt: new Date().toISOString(),
        ...more,
      };
      console.error(`${outcome}${detail && `\n${detail}`}`);
      write();
    },
    close() {
      manifest.complete = true;
      write();
      return Object.keys(manifest.parts).filter(
        (part) => manifest.parts[part].outcome === 'failed',
      );
    },
  };
}

/** Parts of an earlier call with the same folder, source and device: a run may be made in several. */
function earlierParts(folder, commit, { device }) {
  const file = join(folder, 'manifest.json');
  if (!existsSync(file)) return {};
  const earlier = JSON.parse(readFileSync(file, 'utf8'));
  const same = earlier.commit?.id === commit.id && earlier.device === device;
  return same ? earlier.parts : {};
}

/** Away from the repository, FLOVER_COMMIT says what was brought along. */
function commitHere() {
  const named = process.env.FLOVER_COMMIT;
  if (named) return { id: named, dirty: false };
  const id = ask('git', 'rev-parse', 'HEAD') ?? 'unknown';
  return { id, dirty: (ask('git', 'status', '--porcelain') ?? '') !== '' };
}
