import { existsSync } from 'node:fs';
import { join, resolve } from 'node:path';
import type { Comparison, WorldName } from '@flover/metrics';
import type { Command } from 'commander';
import { ExitCode } from '../exit.ts';
import { comparisonTable, decisionsHold, tenantsTable, verdictLines } from '../view/comparison.ts';
import { OtherPrograms } from '../view/other-programs.ts';
import { openScreen } from '../view/screen.ts';
import { runJob } from '../worker/host.ts';
import {
  backendOption,
  claimOut,
  command,
  costModelOption,
  dropEmptyOut,
  jsonOption,
  outOption,
  policyOption,
} from './options.ts';

/** Folders of the two worlds' runs. */
const WORLDS: readonly WorldName[] = ['simulator', 'engine'];

interface ExperimentOptions {
  readonly out?: string;
  readonly json?: boolean;
  readonly policy?: string;
  readonly backend?: string;
  readonly costModel?: string;
  readonly real?: string;
}

/** A command that runs an experiment file in the given worlds. */
export function experimentCommand(
  name: string,
  description: string,
  example: string,
  worlds: readonly WorldName[],
): Command {
  const made = command(`${name} <experiment> [options]`, description, example)
    .argument('<experiment>', 'an experiment file (YAML), see docs/experiment-format.md')
    .addOption(policyOption())
    .addOption(outOption())
    .addOption(jsonOption());
  if (worlds.includes('engine')) made.addOption(backendOption());
  if (worlds.includes('simulator')) made.addOption(costModelOption());
  if (worlds.length === 2) {
    made.option('--real <folder>', 'execute nothing, take the real runs of these results');
  }
  return made.action((file: string, options: ExperimentOptions) => perform(file, options, worlds));
}

async function perform(
  file: string,
  options: ExperimentOptions,
  worlds: readonly WorldName[],
): Promise<void> {
  const out = options.out ? resolve(options.out) : claimOut(resolve(file));
  const screen = openScreen(process.stderr, options.json === true);
  const otherWork = new OtherPrograms();
  const fresh = !options.out || !existsSync(out);
  const comparison = await runJob(
    {
      kind: 'experiment',
      file,
      worlds,
      out,
      commandLine: process.argv.slice(2),
      ...(options.policy ? { policyFile: resolve(options.policy) } : {}),
      ...(options.backend ? { backend: options.backend } : {}),
      ...(options.costModel ? { costModel: options.costModel } : {}),
      ...(options.real ? { realFrom: resolve(options.real) } : {}),
    },
    screen,
  )
    .catch((error) => {
      if (fresh && WORLDS.some((world) => existsSync(join(out, world)))) {
        screen.line(`What ran before this error is in ${out}`);
      }
      if (!options.out) dropEmptyOut(out);
      throw error;
    })
    .finally(() => screen.close());
  if (options.json) {
    process.stdout.write(`${JSON.stringify(comparison)}\n`);
  } else {
    const executed = comparison.engine?.backend === 'cpu' && options.real === undefined;
    const note = executed ? otherWork.note() : undefined;
    process.stdout.write(comparisonText(comparison, out, note === undefined ? [] : [note]));
  }
  process.exitCode = exitCodeOf(comparison);
}

function comparisonText(comparison: Comparison, out: string, notes: readonly string[]): string {
  const page = join(out, 'report', 'index.html');
  const byTenant = tenantsTable(comparison, process.stdout.columns);
  const parts = [
    [comparisonTable(comparison, process.stdout.columns)],
    byTenant === undefined ? [] : [byTenant],
    [...verdictLines(comparison), ...notes],
    [`Results: ${out}`, ...(existsSync(page) ? [`Page:    ${page}`] : [])],
  ];
  const shown = parts.filter((lines) => lines.length > 0).map((lines) => lines.join('\n'));
  return `\n${shown.join('\n\n')}\n`;
}

function exitCodeOf(comparison: Comparison): number {
  if (!decisionsHold(comparison)) return ExitCode.CheckFailed;
  return comparison.outcome === 'cancelled' ? ExitCode.Interrupted : ExitCode.Ok;
}
