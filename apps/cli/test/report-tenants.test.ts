import { readFileSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import type { Comparison, Sweep } from '@flover/metrics';
import { beforeAll, expect, test } from 'vitest';
import { experimentFile, flover, temporaryFolder, written } from './flover.ts';

const folder = temporaryFolder();
const place = (name: string) => join(folder, name);
const TENANTS = ['chat', 'batch'];

/** Two tenants with the same kind of requests, served by both worlds and over loads. */
beforeAll(async () => {
  const tiny = readFileSync(experimentFile(folder), 'utf8');
  const at = tiny.indexOf('workload:');
  const part = tiny.slice(tiny.indexOf('  kind: synthetic')).trim().replaceAll('\n  ', '\n      ');
  const parts = TENANTS.map((tenant) => `    - tenant: ${tenant}\n      ${part}\n`).join('');
  // A profile that is measured on the spot gives intervals.
  const head = tiny.slice(0, at).replace(/costModel:.*\n/, '');
  const text = `${head}workload:\n  kind: mix\n  parts:\n${parts}`;
  const compared = await flover('compare', written(folder, 'mix.yaml', text), '-o', place('both'));
  expect(compared.stderr).not.toMatch(/\[[a-z-]+\]/);
  const meanInterval = 'workload.parts.0.arrivals.meanIntervalMs: [0.5, 1, 2]';
  const sheet = text.replace('limits:', 'costModel: { kind: roofline, device: cpu }\nlimits:');
  const sweep = `${sheet}seeds: 1..3\nsweep:\n  ${meanInterval}\n`;
  const swept = await flover('sweep', written(folder, 'sweep.yaml', sweep), '-o', place('loads'));
  expect(swept.code, swept.stderr).toBe(0);
});

/** The figure of a page, from its heading to its end. */
const figureOf = (page: string, id: string) =>
  page.split(`<figure id="${id}"`)[1]?.split('</figure>')[0];

async function pagesOf(site: string): Promise<Readonly<Record<'both' | 'loads', string>>> {
  const made = await flover('report', place('both'), place('loads'), '-o', site);
  expect(made.code, made.stderr).toBe(0);
  const [both, loads] = ['both', 'loads'].map((name) =>
    readFileSync(join(site, 'experiments', `${name}.html`), 'utf8'),
  );
  return { both: both!, loads: loads! };
}

const read = <Document>(path: string): Document => JSON.parse(readFileSync(path, 'utf8'));

test('errors, coverage and differences of each tenant are shown as they were found', async () => {
  const { both, loads } = await pagesOf(place('site'));
  const comparison: Comparison = read(join(place('both'), 'comparison.json'));
  const { cells, tenantCoverage } = comparison;
  const error = figureOf(both, 'tenants-error')!;
  for (const { label, tenantSplits } of cells) {
    expect(tenantSplits!.map(({ tenant }) => tenant)).toEqual([...TENANTS].sort());
    for (const tenant of TENANTS) expect(error).toContain(`>${tenant}: ${label}</text>`);
  }
  expect(error.match(/class="part cost-model"/g)).toHaveLength(
    3 * TENANTS.length * cells.length + 1,
  );
  const held = tenantCoverage!.map(
    ({ covered, predicted, tenant }) =>
      new RegExp(`${covered} of ${predicted}( values)? of ${tenant}`),
  );
  for (const each of held) expect(figureOf(both, 'tenants')).toMatch(each);

  for (const page of [both, loads]) {
    const ids = [...page.matchAll(/ id="([^"]+)"/g)].map(([, id]) => id);
    expect(ids).toEqual([...new Set(ids)]);
  }

  const { points, baseline, labels }: Sweep = read(join(place('loads'), 'sweep.json'));
  expect(baseline).toBe(labels[0]);
  const differences = figureOf(loads, 'tenants-differences-1')!;
  expect(differences).toContain(`against ${baseline}`);
  const others = points.filter(({ label }) => label !== baseline);
  const rows = differences.split('<tbody>')[1]!.match(/<tr>/g);
  expect(rows).toHaveLength(TENANTS.length * others.length);
  for (const tenant of TENANTS) expect(differences).toContain(`>${tenant}: Δ TTFT mean`);
});

test('results from before have their pages without them', async () => {
  const strip = (path: string, ...keys: readonly string[]) => {
    const without = (key: string, value: unknown) => (keys.includes(key) ? undefined : value);
    writeFileSync(path, JSON.stringify(read(path), without));
  };
  strip(join(place('both'), 'comparison.json'), 'tenantSplits', 'tenantCoverage');
  strip(join(place('loads'), 'sweep.json'), 'differences');
  const { both, loads } = await pagesOf(place('before'));
  expect(figureOf(both, 'tenants')).toBeDefined();
  expect(figureOf(both, 'tenants')).not.toMatch(/\d of \d+ values of/);
  expect(figureOf(both, 'tenants-error')).toBeUndefined();
  expect(figureOf(loads, 'tenants-1')).toBeDefined();
  expect(figureOf(loads, 'tenants-differences-1')).toBeUndefined();
});
