import { availableParallelism } from 'node:os';
import { resolve } from 'node:path';
import { type LoadedSweep, loadSweep, parseCostModel, runSweep } from '@flover/experiment';
import type { Sweep } from '@flover/metrics';
import type { Command } from 'commander';
import { ExitCode } from '../exit.ts';
import { openScreen } from '../view/screen.ts';
import { differencesTable, failureLines, sweepTable, sweepTenantsTable } from '../view/sweep.ts';
import { onInterrupt } from '../worker/interrupt.ts';
import { SweepThreads } from '../worker/sweep-threads.ts';
import { command, costModelOption, jsonOption, policyOption, wholeNumber } from './options.ts';

interface SweepCommandOptions {
  readonly out?: string;
  readonly workers: number;
  readonly keepTraces?: boolean;
  readonly policy?: string;
  readonly costModel?: string;
  readonly json?: boolean;
}

/** `flover sweep` */
export const sweepCommand = (): Command =>
  command(
    'sweep <experiment> [options]',
    'Simulates an experiment at every setting of its axes; started again it goes on where it ended.',
    'flover sweep load-latency.yaml -o runs/load-latency',
  )
    .argument('<experiment>', 'an experiment file with axes, see docs/experiment-format.md')
    .option('-o, --out <folder>', 'folder for the results; default runs/<name>')
    .option('-w, --workers <n>', 'cells at a time; 0: one a core', wholeNumber, 0)
    .option('--keep-traces', 'keep a run folder a cell, not its metrics alone')
    .addOption(policyOption())
    .addOption(costModelOption())
    .addOption(jsonOption())
    .action(async (file: string, options: SweepCommandOptions) => {
      const sweep = loadSweep(file, {
        ...(options.policy ? { policyFile: resolve(options.policy) } : {}),
        ...(options.costModel ? { costModel: parseCostModel(options.costModel) } : {}),
      });
      const out = resolve(options.out ?? `runs/${sweep.settings[0].experiment.spec.name}`);
      const result = await performSweep(sweep, options, out);
      if (options.json) process.stdout.write(`${JSON.stringify(result)}\n`);
      else process.stdout.write(`\n${tablesOf(result)}\n\nResults: ${out}\n`);
      process.stderr.write(
        failureLines(result)
          .map((line) => `${line}\n`)
          .join(''),
      );
      process.exitCode = exitCodeOfSweep(result);
    });

function tablesOf(result: Sweep): string {
  const width = process.stdout.columns;
  const further = [differencesTable(result, width), sweepTenantsTable(result, width)];
  return [sweepTable(result, width), ...further.filter((table) => table !== undefined)].join(
    '\n\n',
  );
}

async function performSweep(
  sweep: LoadedSweep,
  { workers, keepTraces, json }: SweepCommandOptions,
  out: string,
): Promise<Sweep> {
  const screen = openScreen(process.stderr, json === true);
  const width = workers === 0 ? availableParallelism() : workers;
  const threads = new SweepThreads(width, screen, process.argv.slice(2));
  const release = onInterrupt(() => {
    screen.line('Stopping: what has ended is kept, and the same command goes on from there.');
    threads.cancel();
  });
  try {
    return await runSweep(sweep, threads, { out, keepTraces: keepTraces === true });
  } finally {
    release();
    threads.close();
    screen.close();
  }
}

function exitCodeOfSweep({ outcome, cells }: Sweep): number {
  if (outcome === 'cancelled') return ExitCode.Interrupted;
  return cells.failed === 0 ? ExitCode.Ok : ExitCode.CheckFailed;
}
