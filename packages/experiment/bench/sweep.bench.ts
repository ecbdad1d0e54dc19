import { execFileSync } from 'node:child_process';
import { mkdtempSync, readFileSync, writeFileSync } from 'node:fs';
import { cpus, loadavg, tmpdir } from 'node:os';
import { join } from 'node:path';
import { fileURLToPath } from 'node:url';
import { buildSync } from 'esbuild';
import type { BareCells } from './bare-cells.ts';
import { CELLS, REQUESTS, SWEEP_FILE } from './sweep-file.ts';

/** The promise: 1,000 cells of 1,000 requests in less than this, on two cores. */
const PROMISED_SECONDS = 120;
const CORES = 2;

const here = (path: string) => fileURLToPath(new URL(path, import.meta.url));
const folder = mkdtempSync(join(tmpdir(), 'flover-bench-'));
const file = join(folder, 'sweep.yaml');
writeFileSync(file, SWEEP_FILE);

const bareBefore = bare();
const sweep = sweepCommand();
const bareAfter = bare();
// The less disturbed of the two.
const alone = bareBefore.cpuSeconds < bareAfter.cpuSeconds ? bareBefore : bareAfter;

const perCore = alone.cells / alone.cpuSeconds;
const rows: readonly (readonly [string, string])[] = [
  ['sweep, wall seconds', sweep.wallSeconds.toFixed(1)],
  ['sweep, cells/s of wall time', (CELLS / sweep.wallSeconds).toFixed(1)],
  ['sweep, requests/s of wall time', whole((CELLS * REQUESTS) / sweep.wallSeconds)],
  ['sweep, CPU seconds of all threads', sweep.cpuSeconds.toFixed(1)],
  ['bare cells/s of CPU time of a core', perCore.toFixed(1)],
  ['sweep / bare, of CPU time', (CELLS / sweep.cpuSeconds / perCore).toFixed(2)],
  [
    `sweep / bare on ${CORES} cores, of wall time`,
    (CELLS / sweep.wallSeconds / perCore / CORES).toFixed(2),
  ],
  [
    `promise: at most ${PROMISED_SECONDS} s, ratio`,
    (PROMISED_SECONDS / sweep.wallSeconds).toFixed(2),
  ],
];
console.log(
  `${cpus()[0]?.model.trim()}, ${cpus().length} cores, load ${loadavg()[0]?.toFixed(1)}, Node ${process.version}`,
);
console.log(
  `${whole(CELLS)} cells of ${whole(REQUESTS)} conversations, start and files included.\n`,
);
for (const [what, value] of rows) console.log(`${what.padEnd(50)}${value.padStart(12)}`);

/** `flover sweep` as users run it. */
function sweepCommand(): { wallSeconds: number; cpuSeconds: number } {
  const usage = join(folder, 'cpu.json');
  const watch = join(folder, 'watch.cjs');
  writeFileSync(
    watch,
    `if (require('node:worker_threads').isMainThread) process.on('exit', () =>
      require('node:fs').writeFileSync(${JSON.stringify(usage)}, JSON.stringify(process.cpuUsage())));`,
  );
  const flover = here('../../../apps/cli/dist/flover.mjs');
  const words = ['sweep', file, '-o', join(folder, 'out'), '-w', String(CORES), '--json'];
  const before = performance.now();
  execFileSync(process.execPath, ['--require', watch, flover, ...words], {
    stdio: ['ignore', 'ignore', 'inherit'],
  });
  const wallSeconds = (performance.now() - before) / 1000;
  const { user, system } = JSON.parse(readFileSync(usage, 'utf8')) as NodeJS.CpuUsage;
  const lines = readFileSync(join(folder, 'out', 'results.jsonl'), 'utf8').split('\n').length - 1;
  if (lines !== CELLS) throw new Error(`${lines} results, not ${CELLS}`);
  return { wallSeconds, cpuSeconds: (user + system) / 1e6 };
}

/** The cells by themselves, bundled as the command is. */
function bare(): BareCells {
  const bundle = join(folder, 'bare-cells.mjs');
  buildSync({
    entryPoints: [here('bare-cells.ts')],
    outfile: bundle,
    bundle: true,
    format: 'esm',
    platform: 'node',
    external: ['esbuild'],
    // What the few packages of the old kind ask for.
    banner: {
      js: "import { createRequire as of } from 'node:module'; const require = of(import.meta.url);",
    },
  });
  return JSON.parse(execFileSync(process.execPath, [bundle, file]).toString()) as BareCells;
}

function whole(value: number): string {
  return Math.round(value).toLocaleString('en');
}
