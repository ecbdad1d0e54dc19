import { spawnSync } from 'node:child_process';
import { chmodSync, mkdirSync, readFileSync } from 'node:fs';
import { join } from 'node:path';
import { fileURLToPath } from 'node:url';
import { temporaryFolder, written } from './flover.ts';

const script = fileURLToPath(new URL('../../../scripts/validate-gpu.mjs', import.meta.url));

/** A machine whose tools are shell scripts: what the script makes of their answers is under test. */
export class Machine {
  readonly folder = temporaryFolder();
  readonly out = join(this.folder, 'out');
  readonly #programs = join(this.folder, 'build', 'packages', 'engine', 'native', 'cuda');
  readonly #environment: Record<string, string>;

  constructor() {
    mkdirSync(join(this.folder, 'bin'));
    mkdirSync(this.#programs, { recursive: true });
    const bundle = this.flover('console.log("Everything asked holds.");');
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

  /** The command line, as a program of its own; gives its file. */
  flover = (text: string) => written(this.folder, 'flover.mjs', text);
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
