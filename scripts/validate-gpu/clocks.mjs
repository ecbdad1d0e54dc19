// What a benchmark ran beside: clocks, heat, load, and time that the machine lost to others.
import { existsSync, readFileSync } from 'node:fs';
import { loadavg } from 'node:os';
import { ask } from './run.mjs';

/** Clocks and heat beside a benchmark, so that a throttled one can be told; and what a host took away. */
export function clocks() {
  const fields = 'clocks.sm,clocks.mem,temperature.gpu,power.draw,clocks_throttle_reasons.active';
  const gpu = ask('nvidia-smi', `--query-gpu=${fields}`, '--format=csv,noheader') ?? '';
  return { gpu, load: loadavg(), stolenSeconds: stolenSeconds() };
}

/** Processor time of all cores that a virtual machine's host gave to others, since it started. */
export function stolenSeconds() {
  if (!existsSync('/proc/stat')) return undefined;
  const [, ...ticks] = readFileSync('/proc/stat', 'utf8').split('\n', 1)[0].trim().split(/\s+/);
  return Number(ticks[7]) / 100;
}
