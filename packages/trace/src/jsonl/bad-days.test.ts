import { spawn, spawnSync } from 'node:child_process';
import { existsSync, statSync } from 'node:fs';
import { setTimeout } from 'node:timers/promises';
import { fileURLToPath } from 'node:url';
import { expect, test } from 'vitest';
import type { TraceRecord } from '../record.ts';
import { temporaryPath } from '../testing/write-trace.ts';
import { readTrace } from './reader.ts';

const script = fileURLToPath(new URL('../testing/endless-run.ts', import.meta.url));
const program = [process.execPath, '--import', 'tsx', script] as const;

/** The trace is a header, timers without a gap, and says that it was cut off. */
function expectTimersThenCutOff(path: string): void {
  let timers = 0;
  let last: TraceRecord | undefined;
  for (const record of readTrace(path)) {
    if (record.kind === 'event') expect(record.event.timeNanos).toBe(timers++);
    last = record;
  }
  expect(timers).toBeGreaterThan(1000);
  expect(last?.kind).toBe('cut-off');
}

test('a killed run leaves every record that was written', async () => {
  const path = temporaryPath('trace.jsonl');
  const child = spawn(program[0], [...program.slice(1), path], { stdio: 'inherit' });
  const exited = new Promise((resolve) => child.once('exit', resolve));
  while (!existsSync(path) || statSync(path).size < 500_000) {
    expect(child.exitCode).toBeNull();
    await setTimeout(20);
  }
  child.kill('SIGKILL');
  await exited;
  expectTimersThenCutOff(path);
});

test.skipIf(process.platform === 'win32')('a run without room says so and ends', () => {
  const path = temporaryPath('trace.jsonl');
  // 300 blocks of 1,024 bytes; the limit holds for the child alone.
  const limited = ['-c', 'ulimit -f 300 && exec "$@"', 'bash', ...program, path];
  const { stdout, status } = spawnSync('bash', limited, { encoding: 'utf8' });
  expect(stdout).toBe(
    `trace-write-failed: cannot write ${path}: the file has reached the largest size allowed\n`,
  );
  expect(status).toBe(0);
  expectTimersThenCutOff(path);
});
