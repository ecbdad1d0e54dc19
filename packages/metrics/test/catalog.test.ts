import { readFileSync } from 'node:fs';
import { describe, expect, it } from 'vitest';
import { CATALOG, MetricsCollector, metricDefinition } from '../src/index.ts';

const page = readFileSync(new URL('../../../docs/metrics.md', import.meta.url), 'utf8');

/** Text of a section of the page, without its heading. */
function section(heading: string): string | undefined {
  const parts = page.split(/^## /m);
  return parts.find((part) => part.startsWith(`${heading}\n`));
}

/** Keys that stand in tables: every word in backticks in the header or first cell of a row. */
function keysInTables(): Set<string> {
  const keys = new Set<string>();
  for (const line of page.split('\n')) {
    if (!line.startsWith('| `')) continue;
    const cells = line.split('|').slice(1, -1);
    const all = cells.every((cell) => /^ `\w+` $/.test(cell));
    for (const cell of all ? cells : cells.slice(0, 1)) keys.add(cell.trim().replaceAll('`', ''));
  }
  return keys;
}

describe('the catalogue', () => {
  const keys = CATALOG.map(({ key }) => key);

  it('names each metric once and finds it', () => {
    expect(new Set(keys).size).toBe(keys.length);
    for (const metric of CATALOG) expect(metricDefinition(metric.key)).toBe(metric);
    expect(metricDefinition('ttft')).toBeUndefined();
  });

  it('is what a summary holds', () => {
    const { values } = new MetricsCollector().summary();
    expect(Object.keys(values).sort()).toEqual([...keys].sort());
  });

  it('is what docs/metrics.md defines, no more and no less', () => {
    expect([...keysInTables()].sort()).toEqual([...keys].sort());
  });

  it('names for each metric the section of docs/metrics.md in which it stands', () => {
    for (const { key, formula } of CATALOG) {
      expect(section(formula), `${key}: section ${formula}`).toContain(`\`${key}\``);
    }
  });

  it('has labels that tell metrics apart', () => {
    expect(new Set(CATALOG.map(({ label }) => label)).size).toBe(keys.length);
  });
});
