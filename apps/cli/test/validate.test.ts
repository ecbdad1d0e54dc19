import { readFileSync } from 'node:fs';
import { join } from 'node:path';
import { fileURLToPath } from 'node:url';
import { afterEach, describe, expect, test } from 'vitest';
import { flover, temporaryFolder, written } from './flover.ts';

const few = ['--backend', 'cpu', '--cases', '6', '--requests', '40', '--data-types', 'f32'];
const addon = fileURLToPath(
  new URL('../../../packages/engine/build/Release/flover.node', import.meta.url),
);

/** An addon whose log-probabilities depend on how many rows a work has. */
const BROKEN = `
const real = require(${JSON.stringify(addon)});
const rows = new Map();
class Engine {
  constructor(...words) { this.real = new real.Engine(...words); }
  launch(...words) {
    for (let i = 0; i < words[2]; i++) {
      rows.set(words[3][i], Math.max(words[2], rows.get(words[3][i]) ?? 0));
    }
    return this.real.launch(...words);
  }
  result(id) {
    const result = this.real.result(id);
    const most = rows.get(id);
    rows.delete(id);
    return { ...result, logProbs: result.logProbs.map((p) => (most > 1 ? p * 1.0001 : p)) };
  }
}
for (const name of Object.getOwnPropertyNames(real.Engine.prototype)) {
  if (!(name in Engine.prototype)) {
    Engine.prototype[name] = function (...words) { return this.real[name](...words); };
  }
}
module.exports = { backends: real.backends, build: real.build, Engine };
`;

afterEach(() => {
  delete process.env.FLOVER_ADDON;
});

describe('validate', () => {
  test('shows that the CPU backend keeps its promises, and writes what it found', async () => {
    const out = join(temporaryFolder(), 'validation');
    const ran = await flover('validate', ...few, '--shapes', 'tiny-llama', '-o', out);
    expect(ran.stdout).toMatch(/^check +subject +cases +seed +seconds +result$/m);
    expect(ran.stdout).toMatch(/^bits +tiny-llama f32, few +6 +1 +\d+\.\d +passed$/m);
    expect(ran.stdout).toMatch(/^Everything asked holds\.$/m);
    expect(ran.code).toBe(0);
    const document = JSON.parse(readFileSync(join(out, 'validation.json'), 'utf8'));
    expect(document).toMatchObject({
      format: 'flover-validation',
      holds: true,
      complete: true,
      choice: { name: 'cpu' },
      commit: { id: expect.any(String) },
    });
    const checks = document.checks.map((check: { check: string }) => check.check);
    expect(checks).toEqual(['errors', 'agreement', 'parity', 'bits', 'crowd', 'leaks']);
  });

  // Works form by the wall clock: now and then a repetition meets none with two rows.
  const retry = { retry: 2 };
  test('finds bits that depend on the company, and says how to see it again', retry, async () => {
    process.env.FLOVER_ADDON = written(temporaryFolder(), 'broken.cjs', BROKEN);
    const one = ['--checks', 'bits', '--shapes', 'tiny-llama', '--cases', '60'];
    const ranks = ['--tensor-parallel', '2', '--devices', '0,0', '--collective', 'one-shot'];
    const ran = await flover('validate', ...few, ...one, ...ranks);
    expect(ran.code).toBe(1);
    expect(ran.stdout).toMatch(/^bits +tiny-llama f32, few .* FAILED$/m);
    expect(ran.stdout).toMatch(/request \d, sequence \d: log-probability \d is .* alone/);
    const again = ran.stdout.match(/^Again: flover (validate .*)$/m);
    expect(again![1]).toContain(ranks.join(' '));
    const repeated = await flover(...again![1]!.split(' '), '--backend', 'cpu', '--json');
    expect(repeated.code).toBe(1);
    expect(JSON.parse(repeated.stdout).checks[0].verdict).toBe('failed');
  });

  test('refuses what it does not know', async () => {
    expect((await flover('validate', '--checks', 'luck')).code).toBe(2);
    expect((await flover('validate', '--backend', 'cpu', '--shapes', 'llama-12b')).code).toBe(2);
  });
});
