// CPU decode speed beside node-llama-cpp: the same weights (SmolLM2-135M-Instruct, F16), the same two
// threads, batch 1 and 8, one run. The promise: at least half of its tokens a second.
import { execFileSync } from 'node:child_process';
import { existsSync } from 'node:fs';
import { join } from 'node:path';
import { fileURLToPath } from 'node:url';
import { measureFlover } from './flover-side.ts';
import { installPeer, measureLlama } from './llama-peer.ts';
import type { DecodeMeasurement, DecodeTask } from './task.ts';

const PROMISE = 0.5;
const ROUNDS = Number(process.env.FLOVER_BENCH_ROUNDS ?? 3);
const root = fileURLToPath(new URL('../../../', import.meta.url));
const tools = fileURLToPath(new URL('../tools/', import.meta.url));
const checkpoint = process.env.FLOVER_SMOLLM2 ?? join(root, '.cache', 'smollm2');
const peer = process.env.FLOVER_BENCH_PEERS ?? join(root, '.cache', 'bench-peers');
const gguf = join(root, '.cache', 'smollm2-f16.gguf');

function prepare(): string {
  const environment = process.env.FLOVER_PYTHON_ENVIRONMENT ?? join(root, '.cache', 'python');
  const python = join(environment, 'bin', 'python');
  const complete = existsSync(join(checkpoint, 'config.json'));
  if (!complete || !(existsSync(gguf) || existsSync(python))) {
    execFileSync('sh', [join(tools, 'fetch-smollm2.sh'), checkpoint], { stdio: 'inherit' });
  }
  if (!existsSync(gguf)) {
    execFileSync(python, [join(tools, 'make-gguf.py'), checkpoint, gguf], { stdio: 'inherit' });
  }
  return installPeer(peer);
}

function median(values: number[]): number {
  return values.sort((a, b) => a - b)[Math.floor(values.length / 2)]!;
}

function sameStart(a: DecodeMeasurement, b: DecodeMeasurement): number {
  const [one, two] = [a.texts[0]!, b.texts[0]!];
  const different = one.findIndex((token, i) => token !== two[i]);
  return different < 0 ? one.length : different;
}

function describe(name: string, rounds: readonly DecodeMeasurement[]): string {
  const { iterations, threads } = rounds[0]!;
  const speed = median(rounds.map((round) => round.tokensPerSecond));
  const perCore = median(rounds.map((round) => round.tokensPerCoreSecond));
  return `  ${name.padEnd(24)} ${speed.toFixed(1).padStart(8)} tokens/s ${perCore.toFixed(1).padStart(8)} tokens/core-second   ${iterations} iterations, ${threads} threads`;
}

async function compare(version: string, task: DecodeTask): Promise<boolean> {
  const ours: DecodeMeasurement[] = [];
  const theirs: DecodeMeasurement[] = [];
  // In turns, so that a slow moment of the machine does not fall on one side alone.
  for (let round = 0; round < ROUNDS; round++) {
    ours.push(measureFlover(checkpoint, task));
    theirs.push(await measureLlama(peer, gguf, task));
  }
  const ratioOf = (figure: (round: DecodeMeasurement) => number) =>
    median(ours.map(figure)) / median(theirs.map(figure));
  const ratio = ratioOf((round) => round.tokensPerSecond);
  const perCore = ratioOf((round) => round.tokensPerCoreSecond);
  console.log(`batch ${task.batch}`);
  console.log(describe('flover', ours));
  console.log(describe(`node-llama-cpp ${version}`, theirs));
  console.log(`  first ${sameStart(ours[0]!, theirs[0]!)} tokens of the first text are the same`);
  console.log(
    `  ratio ${ratio.toFixed(2)} (promise: at least ${PROMISE}), a core-second ${perCore.toFixed(2)}`,
  );
  return ratio >= PROMISE;
}

const version = prepare();
const prompt = [1, 4093, 198, 1780, 314, 260, 3575, 282, 4649, 47, 2, 198, 1, 520, 9531, 198];
const threads = Number(process.env.FLOVER_BENCH_THREADS ?? 2);
const task = {
  threads,
  prompt,
  warmUpTokens: 8,
  tokens: Number(process.env.FLOVER_BENCH_TOKENS ?? 64),
};
const kept = [
  await compare(version, { ...task, batch: 1 }),
  await compare(version, { ...task, batch: 8 }),
];
process.exit(kept.every(Boolean) ? 0 : 1);
