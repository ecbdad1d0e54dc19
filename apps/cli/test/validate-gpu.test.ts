import { describe, expect, test } from 'vitest';
import { Machine } from './gpu-machine.ts';

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
