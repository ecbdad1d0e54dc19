import { spawnSync } from 'node:child_process';
import { chmodSync, mkdirSync, readFileSync } from 'node:fs';
import { join } from 'node:path';
import { fileURLToPath } from 'node:url';
import { describe, expect, test } from 'vitest';
import { temporaryFolder, written } from './flover.ts';

const script = fileURLToPath(new URL('../../../scripts/validate-gpu.mjs', import.meta.url));

/** A machine whose tools are shell scripts: what the script makes of their answers is under test. */
class Machine {
  readonly folder = temporaryFolder();
  readonly out = join(this.folder, 'out');
  readonly #programs = join(this.folder, 'build', 'packages', 'engine', 'native', 'cuda');
  readonly #environment: Record<string, string>;

  constructor() {
    mkdirSync(join(this.folder, 'bin'));
    mkdirSync(this.#programs, { recursive: true });
    const bundle = written(this.folder, 'flover.mjs', 'console.log("Everything asked holds.");');
    this.#environment = {
      PATH: `${join(this.folder, 'bin')}:/usr/bin:/bin`,
      FLOVER_GPU_BUILD: join(this.folder, 'build'),
      FLOVER_BUNDLE: bundle,
      FLOVER_ADDON: written(this.folder, 'flover.node', ''),
      FLOVER_COMMIT: 'c0ffee',
    };
    this.tool('nvidia-smi', 'echo "NVIDIA Toy 9000, 580.1, 81559 MiB, 9.0"');
    this.tool('nvcc', 'echo "release 12.6, V12.6.1"');
    this.tool('ctest', 'echo "100% tests passed"');
    this.tool('compute-sanitizer', 'echo "========= ERROR SUMMARY: 0 errors"');
    this.program('flover_cuda_checks', 'echo "ok backend: all"; echo "1 passed, 0 failed"');
    this.program('flover_cuda_bench', 'echo "B=1 iteration 9 ms"');
  }

  tool = (name: string, text: string) => this.#executable(join(this.folder, 'bin'), name, text);
  program = (name: string, text: string) => this.#executable(this.#programs, name, text);

  validate(...parts: string[]) {
    const { status, stderr } = spawnSync(
      process.execPath,
      [script, '--only', parts.join(), '--out', this.out],
      { env: this.#environment, encoding: 'utf8', timeout: 50_000 },
    );
    return { code: status, stderr };
  }

  file = (name: string) => readFileSync(join(this.out, name), 'utf8');
  manifest = () => JSON.parse(this.file('manifest.json'));

  #executable(folder: string, name: string, text: string): void {
    chmodSync(written(folder, name, `#!/bin/sh\n${text}\n`), 0o755);
  }
}

const all = ['checks', 'sanitizer', 'validate', 'bench'];

describe('validate:gpu', () => {
  test('keeps what every part found, with where it was found', () => {
    const machine = new Machine();
    expect(machine.validate(...all)).toMatchObject({ code: 0 });
    expect(machine.manifest()).toMatchObject({
      device: 'NVIDIA Toy 9000',
      driver: '580.1',
      toolkit: '12.6',
      commit: { id: 'c0ffee', dirty: false },
      complete: true,
      parts: {
        checks: { outcome: 'passed', detail: '1 passed, 0 failed' },
        sanitizer: { outcome: 'passed' },
        validate: { outcome: 'passed' },
        bench: { outcome: 'passed', programs: [{ name: 'flover_cuda_bench', code: 0 }] },
      },
    });
    expect(machine.file('bench/flover_cuda_bench.txt')).toMatch('B=1 iteration 9 ms');
  });

  test('a part that fails says so and loses nothing of the others', () => {
    const machine = new Machine();
    machine.program('flover_cuda_checks', 'echo "FAILED  company"; exit 1');
    const found = 'echo "========= ERROR SUMMARY: 3 errors"; exit 9';
    machine.tool('compute-sanitizer', `[ "$1" = --version ] || { ${found}; }`);
    const { code, stderr } = machine.validate(...all);
    expect(code).toBe(1);
    expect(stderr).toMatch(/failed: checks, sanitizer$/m);
    expect(machine.manifest().parts).toMatchObject({
      checks: { outcome: 'failed', detail: expect.stringContaining('FAILED  company') },
      sanitizer: { detail: expect.stringContaining('memcheck, validate: ERROR SUMMARY: 3') },
      bench: { outcome: 'passed' },
    });
  });

  test('a sanitizer without a summary has looked at nothing', () => {
    const machine = new Machine();
    machine.tool('compute-sanitizer', 'echo "Device not supported"');
    expect(machine.validate('sanitizer').code).toBe(1);
    expect(machine.manifest().parts.sanitizer.detail).toMatch('no summary');
  });

  test('says all that is missing', () => {
    const machine = new Machine();
    machine.tool('nvidia-smi', 'exit 9');
    machine.tool('nvcc', 'echo "release 12.2, V12.2.1"');
    const { code, stderr } = machine.validate('build', 'bench');
    expect(code).toBe(3);
    expect(stderr).toMatch(/^missing: an NVIDIA driver and GPU/m);
    expect(stderr).toMatch(/^missing: a CUDA toolkit, 12.4 or later; .*nvcc is 12.2$/m);
  });
});
