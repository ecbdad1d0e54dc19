#!/usr/bin/env node
import { isMainThread } from 'node:worker_threads';
import { Command } from 'commander';
import { outliveReaders } from './closed-pipe.ts';
import { compareCommand } from './commands/compare.ts';
import { doctorCommand } from './commands/doctor.ts';
import { exportCommand } from './commands/export.ts';
import { helpCommand } from './commands/help.ts';
import { importCommand } from './commands/import.ts';
import { lawsCommand } from './commands/laws.ts';
import { profileCommand } from './commands/profile.ts';
import { replayCommand } from './commands/replay.ts';
import { reportCommand } from './commands/report.ts';
import { runCommand } from './commands/run.ts';
import { simulateCommand } from './commands/simulate.ts';
import { sweepCommand } from './commands/sweep.ts';
import { validateCommand } from './commands/validate.ts';
import { describeError, ExitCode, exitCodeOf } from './exit.ts';
import { workerMain } from './worker/worker.ts';

async function main(): Promise<void> {
  outliveReaders();
  const program = new Command('flover')
    .description('One scheduling policy, simulated and really executed, compared.')
    .version('0.1.0')
    .showSuggestionAfterError()
    .configureOutput({ outputError: (text, write) => write(text) })
    .exitOverride()
    .addHelpText(
      'after',
      '\nExit codes: 0 ok, 1 a check failed, 2 bad input, 3 environment, 130 interrupted.',
    );
  for (const command of [
    simulateCommand(),
    runCommand(),
    compareCommand(),
    sweepCommand(),
    replayCommand(),
    reportCommand(),
    profileCommand(),
    lawsCommand(),
    validateCommand(),
    importCommand(),
    exportCommand(),
    doctorCommand(),
  ]) {
    program.addCommand(command.exitOverride());
  }
  program.helpCommand(false).addCommand(helpCommand(program).exitOverride());
  try {
    await program.parseAsync();
  } catch (error) {
    process.exitCode = report(error);
  }
}

function report(error: unknown): number {
  const code = (error as { code?: unknown }).code;
  if (typeof code === 'string' && code.startsWith('commander.')) {
    const shown = /commander\.(helpDisplayed|help|version)/.test(code);
    if (!shown) reportToMachines('bad-arguments', error);
    return shown ? ExitCode.Ok : ExitCode.BadInput;
  }
  reportToMachines(typeof code === 'string' ? code : 'bug', error);
  process.stderr.write(`${describeError(error)}\n`);
  return exitCodeOf(error);
}

/** With --json even an error is one document on standard output. */
function reportToMachines(code: string, error: unknown): void {
  if (!process.argv.includes('--json')) return;
  const { message, hint } = error as { message: string; hint?: string };
  process.stdout.write(`${JSON.stringify({ error: { code, message, hint } })}\n`);
}

await (isMainThread ? main() : workerMain());
