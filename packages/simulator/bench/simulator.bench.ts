import { execFileSync } from 'node:child_process';
import { mkdtempSync } from 'node:fs';
import { cpus, loadavg, tmpdir } from 'node:os';
import { join } from 'node:path';
import { fileURLToPath } from 'node:url';
import { buildSync } from 'esbuild';
import { type BenchCase, type Bound, cases } from './cases.ts';
import type { Measured } from './measure-case.ts';

// Measured as users run it: bundled into one file of plain JavaScript.
const bundle = join(mkdtempSync(join(tmpdir(), 'flover-bench-')), 'measure-case.mjs');
buildSync({
  entryPoints: [fileURLToPath(new URL('measure-case.ts', import.meta.url))],
  outfile: bundle,
  bundle: true,
  format: 'esm',
  platform: 'node',
  // What the few packages of the old kind ask for.
  banner: {
    js: "import { createRequire } from 'node:module'; const require = createRequire(import.meta.url);",
  },
});

console.log(
  `${cpus()[0]?.model.trim()}, ${cpus().length} cores, load ${loadavg()[0]?.toFixed(1)}, Node ${process.version}`,
);
console.log(
  'LLaMA-3-8B bf16 on an H100 data sheet; slots, planned ahead; source and metrics included.',
);
console.log(
  'Rates: least disturbed run of each case, per second of CPU time of all threads together.\n',
);
console.log(
  row('case', [
    'requests/s',
    'iterations/s',
    'it./request',
    'CPU s',
    'median',
    'wall s',
    'peak MB',
    'promise',
    'ratio',
  ]),
);
for (const bench of cases) console.log(lines(bench, measure(bench)));

function measure(bench: BenchCase): Measured {
  const output = execFileSync(process.execPath, [bundle, JSON.stringify(bench)]);
  return JSON.parse(output.toString()) as Measured;
}

/** One line for each promise; the figures stand on the first. */
function lines(bench: BenchCase, measured: Measured): string {
  const { requests, iterations, cpuSeconds, medianCpuSeconds, wallSeconds, peakBytes } = measured;
  const figures = [
    whole(requests / cpuSeconds),
    whole(iterations / cpuSeconds),
    (iterations / requests).toFixed(2),
    cpuSeconds.toFixed(3),
    medianCpuSeconds.toFixed(3),
    wallSeconds.toFixed(3),
    whole(peakBytes / 1e6),
  ];
  const blank = figures.map(() => '');
  return bench.promises
    .map((bound, i) => {
      const cells = [...(i === 0 ? figures : blank), promised(bound), kept(bound, measured)];
      return row(i === 0 ? bench.title : '', cells);
    })
    .join('\n');
}

/** How far the promise is kept: above 1 it is. */
function kept({ figure, bound }: Bound, measured: Measured): string {
  const { requests, iterations, cpuSeconds, peakBytes } = measured;
  const ratios = {
    requestsPerSecond: requests / cpuSeconds / bound,
    iterationsPerSecond: iterations / cpuSeconds / bound,
    milliseconds: bound / (cpuSeconds * 1000),
    peakGigabytes: bound / (peakBytes / 1e9),
  };
  return ratios[figure].toFixed(2);
}

function promised({ figure, bound }: Bound): string {
  if (figure === 'milliseconds') return `<= ${bound} ms`;
  if (figure === 'peakGigabytes') return `<= ${bound} GB`;
  return `>= ${whole(bound)} ${figure === 'requestsPerSecond' ? 'req/s' : 'it./s'}`;
}

function whole(value: number): string {
  return Math.round(value).toLocaleString('en');
}

function row(title: string, cells: readonly string[]): string {
  return [title.padEnd(58), ...cells.map((cell, i) => cell.padStart(i === 7 ? 20 : 13))].join('');
}
