import type { SchedulerConfig } from '@flover/policy';
import type { Engine } from '../engine.ts';
import { limitsFor } from '../limits.ts';
import { lanes } from './extent.ts';
import { sourceOf, type TestModel, type ValidationTarget } from './target.ts';

/** Engines open at once. */
const MOST_OPEN = 12;

/**
 * Keeps the engines of a check open from world to world: opening one takes a GPU longer than most worlds.
 *
 * One engine for each set of limits; an engine that threw is not used again.
 */
export class EnginePool {
  readonly #target: ValidationTarget;
  readonly #subject: TestModel;
  /** The longest unused first. */
  readonly #open = new Map<string, Engine>();

  constructor(target: ValidationTarget, subject: TestModel) {
    this.#target = target;
    this.#subject = subject;
  }

  use<T>(config: SchedulerConfig, threads: number, run: (engine: Engine) => T): T {
    const limits = limitsFor(config, lanes, threads);
    const key = JSON.stringify(limits);
    const { backend } = this.#target;
    const engine =
      this.#open.get(key) ?? this.#target.open({ model: sourceOf(this.#subject), backend, limits });
    this.#open.delete(key);
    try {
      const result = run(engine);
      this.#open.set(key, engine);
      return result;
    } finally {
      if (!this.#open.has(key)) engine.close();
      if (this.#open.size > MOST_OPEN) this.#closeOldest();
    }
  }

  close(): void {
    while (this.#open.size > 0) this.#closeOldest();
  }

  #closeOldest(): void {
    const [key, engine] = this.#open.entries().next().value!;
    this.#open.delete(key);
    engine.close();
  }
}
