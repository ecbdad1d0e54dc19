// The promises of worlds of several ranks: each has a device of its own where there are so many, else
// ranks share those that there are.
import { mkdirSync } from 'node:fs';
import { flover, floverMissing } from './flover.mjs';
import { tail } from './run.mjs';

const SIZES = [2, 4];

/** The words of `flover validate` for a world of this size on so many devices. */
export function wordsOfWorld(size, devices) {
  const words = ['--tensor-parallel', String(size)];
  if (devices >= size) return words;
  // Rank 0 and those after it on one device, then the next: neighbours share.
  const each = Math.ceil(size / devices);
  const of = Array.from({ length: size }, (_, rank) => Math.floor(rank / each));
  return [...words, '--devices', of.join()];
}

export function ranksPart({ machine, results, options: { cases, requests, seed, subjects } }) {
  const missing = floverMissing();
  if (missing) return { outcome: 'failed', detail: missing };
  const amount = ['--cases', cases, '--requests', requests, '--seed', seed];
  const worlds = SIZES.map((size) => {
    const out = results.path(`ranks-${size}`);
    mkdirSync(out, { recursive: true });
    const world = wordsOfWorld(size, machine.devices);
    const { code, text, seconds } = flover(
      ['validate', '--backend', 'cuda', ...world, ...amount, ...subjects, '--out', out],
      { results, log: results.path(`ranks-${size}.log`), minutes: 60 },
    );
    return { world: world.join(' '), code, seconds, said: tail(text, code === 0 ? 3 : 40) };
  });
  return {
    outcome: worlds.every(({ code }) => code === 0) ? 'passed' : 'failed',
    detail: worlds.map(({ world, said }) => `${world}\n${said}`).join('\n'),
    worlds: worlds.map(({ world, code, seconds }) => ({ world, code, seconds })),
  };
}
