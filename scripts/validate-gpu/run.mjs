// Starting programs: their output goes straight into a file, so that a kill leaves what was printed.
import { spawnSync } from 'node:child_process';
import { closeSync, fstatSync, openSync, readFileSync, writeSync } from 'node:fs';
import { availableParallelism } from 'node:os';
import { delimiter, dirname, isAbsolute, join } from 'node:path';
import { fileURLToPath } from 'node:url';

export const root = join(dirname(fileURLToPath(import.meta.url)), '..', '..');
export const cores = String(availableParallelism());

/**
 * Runs a program to its end or for `minutes`; standard error joins the log unless `output` names a file
 * for standard output alone. Returns its exit code (124 when it ran too long), what it wrote into the log,
 * not what stood there before, and the command.
 */
export function run(command, args, { log, output, minutes = 30, env = {} }) {
  const file = openSync(log, 'a');
  const begin = fstatSync(file).size;
  const out = output === undefined ? file : openSync(output, 'w');
  const line = [command, ...args].join(' ');
  writeSync(file, `$ ${line}\n`);
  const start = performance.now();
  const { status, error, signal } = spawnSync(command, args, {
    cwd: root,
    env: { ...process.env, ...env },
    stdio: ['ignore', out, file],
    timeout: minutes * 60_000,
    killSignal: 'SIGKILL',
  });
  const seconds = Math.round((performance.now() - start) / 100) / 10;
  const code = error?.code === 'ETIMEDOUT' ? 124 : (status ?? 128);
  const why = error ? ` (${error.message})` : signal ? ` (${signal})` : '';
  writeSync(file, `exit code ${code}${why} after ${seconds} s\n`);
  closeSync(file);
  if (out !== file) closeSync(out);
  return { code, seconds, command: line, text: readFileSync(log).toString('utf8', begin) };
}

/** What a short command prints, or undefined where it cannot be run. */
export function ask(command, ...args) {
  const { status, stdout } = spawnSync(command, args, { encoding: 'utf8', cwd: root });
  return status === 0 ? stdout.trim() : undefined;
}

/** The first of these programs (names or paths) that answers to --version; PATH comes last. */
export function findProgram(names, folders = []) {
  const places = [...folders, ...(process.env.PATH ?? '').split(delimiter)].filter(Boolean);
  for (const name of names) {
    for (const folder of isAbsolute(name) ? ['/'] : places) {
      const program = join(folder, name);
      if (ask(program, '--version') !== undefined) return program;
    }
  }
  return undefined;
}

/** The last lines of a text that say something. */
export const tail = (text, lines = 12) => text.trimEnd().split('\n').slice(-lines).join('\n');
