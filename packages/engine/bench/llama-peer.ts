import { execFileSync } from 'node:child_process';
import { existsSync, mkdirSync, readFileSync, writeFileSync } from 'node:fs';
import { createRequire } from 'node:module';
import { join } from 'node:path';
import { fileURLToPath, pathToFileURL } from 'node:url';
import type { DecodeMeasurement, DecodeTask } from './task.ts';

/** What is used of node-llama-cpp; it is installed apart, so its own types are not at hand. */
interface LlamaSequence {
  evaluate(tokens: readonly number[], options: object): AsyncGenerator<number>;
  dispose(): void;
}
interface LlamaContext {
  readonly currentThreads: number;
  getSequence(): LlamaSequence;
  dispose(): Promise<void>;
  _ctx: object;
}
interface LlamaModel {
  createContext(options: object): Promise<LlamaContext>;
  dispose(): Promise<void>;
}
interface Llama {
  loadModel(options: object): Promise<LlamaModel>;
  dispose(): Promise<void>;
}
interface LlamaModule {
  getLlama(options: object): Promise<Llama>;
}

/** Installs the pinned node-llama-cpp, without its GPU builds, into a folder of its own. */
export function installPeer(folder: string): string {
  const own = fileURLToPath(new URL('package.json', import.meta.url));
  const { dependencies } = JSON.parse(readFileSync(own, 'utf8')) as {
    dependencies: Record<string, string>;
  };
  const version = dependencies['node-llama-cpp']!;
  if (!existsSync(join(folder, 'node_modules', 'node-llama-cpp'))) {
    mkdirSync(folder, { recursive: true });
    writeFileSync(join(folder, 'package.json'), readFileSync(own));
    const binaries = `@node-llama-cpp/${process.platform}-${process.arch}@${version}`;
    const options = ['--no-save', '--omit=optional', '--ignore-scripts', '--no-audit', '--no-fund'];
    execFileSync('npm', ['install', ...options, `node-llama-cpp@${version}`, binaries], {
      cwd: folder,
      stdio: 'inherit',
    });
  }
  return version;
}

/** Decodes with node-llama-cpp, all sequences of a batch in one call. */
export async function measureLlama(
  folder: string,
  gguf: string,
  task: DecodeTask,
): Promise<DecodeMeasurement> {
  const entry = createRequire(join(folder, 'package.json')).resolve('node-llama-cpp');
  const { getLlama } = (await import(pathToFileURL(entry).href)) as LlamaModule;
  const llama = await getLlama({ gpu: false, build: 'never', maxThreads: 0, logLevel: 'error' });
  const model = await llama.loadModel({ modelPath: gguf, gpuLayers: 0 });
  const context = await model.createContext({
    sequences: task.batch,
    contextSize: 512,
    batchSize: 512,
    threads: { ideal: task.threads, min: task.threads },
  });
  let calls = 0;
  // Its native object cannot be changed, so a stand-in counts the decode calls that go through.
  context._ctx = new Proxy(context._ctx, {
    get(target, name) {
      const value: unknown = Reflect.get(target, name, target);
      if (typeof value !== 'function') return value;
      return (...values: unknown[]): unknown => {
        if (name === 'decodeBatch') calls += 1;
        return value.apply(target, values);
      };
    },
  });
  const meter = new Meter(task, () => calls);
  const texts = await Promise.all(
    Array.from({ length: task.batch }, () => generate(context.getSequence(), task, meter)),
  );
  const result = meter.result(texts, context.currentThreads);
  await context.dispose();
  await model.dispose();
  await llama.dispose();
  return result;
}

async function generate(sequence: LlamaSequence, task: DecodeTask, meter: Meter) {
  const tokens: number[] = [];
  const options = { temperature: 0, yieldEogToken: true };
  for await (const token of sequence.evaluate(task.prompt, options)) {
    tokens.push(token);
    meter.token(tokens.length);
    if (tokens.length === task.warmUpTokens + task.tokens) break;
  }
  sequence.dispose();
  return tokens;
}

/** From the moment when all sequences are warm to the moment when all have their tokens. */
class Meter {
  readonly #task: DecodeTask;
  readonly #calls: () => number;
  #warm = 0;
  #done = 0;
  #start = { time: 0, calls: 0, cpu: process.cpuUsage() };
  #end = { time: 0, calls: 0, cpu: process.cpuUsage() };

  constructor(task: DecodeTask, calls: () => number) {
    this.#task = task;
    this.#calls = calls;
  }

  token(count: number): void {
    const now = { time: performance.now(), calls: this.#calls(), cpu: process.cpuUsage() };
    const { batch, warmUpTokens, tokens } = this.#task;
    if (count === warmUpTokens && ++this.#warm === batch) this.#start = now;
    if (count === warmUpTokens + tokens && ++this.#done === batch) this.#end = now;
  }

  result(texts: number[][], threads: number): DecodeMeasurement {
    const seconds = (this.#end.time - this.#start.time) / 1000;
    const cpuMicros =
      this.#end.cpu.user + this.#end.cpu.system - this.#start.cpu.user - this.#start.cpu.system;
    const tokens = this.#task.batch * this.#task.tokens;
    return {
      tokensPerSecond: tokens / seconds,
      tokensPerCoreSecond: tokens / (cpuMicros / 1e6),
      iterations: this.#end.calls - this.#start.calls,
      threads,
      texts,
    };
  }
}
