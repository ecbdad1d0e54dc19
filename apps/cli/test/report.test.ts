import { existsSync, readFileSync } from 'node:fs';
import { join } from 'node:path';
import { beforeAll, expect, test } from 'vitest';
import { experimentFile, flover, temporaryFolder, written } from './flover.ts';

const folder = temporaryFolder();
const [runs, sweep, site] = ['runs', 'sweep', 'site'].map((name) => join(folder, name));

beforeAll(async () => {
  const experiment = experimentFile(folder);
  await flover('simulate', experiment, '-o', runs, '--json');
  await flover('sweep', experiment, '-o', sweep, '--json');
  written(runs, 'torn.json', '{ "format": "flover-comparison", ');
});

test('a site from runs and a sweep; what was found and what was left out is said', async () => {
  const made = await flover('report', runs, sweep, '-o', site);
  expect(made.code).toBe(0);
  expect(made.stdout).toMatch(/Found: 2 experiments, 2 runs, 1 file left out/);
  expect(made.stdout).toContain(`Site:  ${join(site, 'index.html')}`);
  expect(made.stderr).toMatch(/left out: .*torn\.json: ./);
  expect(readFileSync(join(site, 'index.html'), 'utf8')).toContain('tiny');

  // A run folder alone, into the site that is there.
  const run = join(runs, 'simulator', 'temporal-fusion-seed-1');
  const again = await flover('report', run, '-o', site, '--json', '--title', 'One run');
  expect(JSON.parse(again.stdout)).toMatchObject({ runs: 1, problems: [] });
  expect(readFileSync(join(site, 'index.html'), 'utf8')).toContain('One run');
});

test('folders without results and a place that is taken are bad input', async () => {
  const empty = temporaryFolder();
  const nothing = await flover('report', empty, '-o', join(folder, 'nowhere'));
  expect(nothing.stderr).toMatch(/\[report-nothing-found\]/);
  expect(nothing.code).toBe(2);
  expect(existsSync(join(folder, 'nowhere'))).toBe(false);
  const missing = await flover('report', join(folder, 'missing'), '-o', site);
  expect(missing.stderr).toMatch(/\[report-folder-missing\] .*missing/);
  expect(missing.code).toBe(2);
  const taken = await flover('report', runs, '-o', runs);
  expect(taken.stderr).toMatch(/\[report-out-in-use\]/);
  expect(taken.code).toBe(2);
});
