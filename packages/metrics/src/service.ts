import { RowFlag, type Work } from '@flover/policy';
import type { RequestTable } from './request-table.ts';
import type { TokenClock } from './token-clock.ts';

/** What a token counts as service: prompt tokens once computed, output tokens once sampled. */
const PROMPT_TOKEN = 1;
const OUTPUT_TOKEN = 2;

/** What one tenant was given. */
export interface TenantTokens {
  generatedTokens: number;
  /** Prompt tokens computed, each once, and twice the generated ones. */
  serviceTokens: number;
}

/**
 * The service of each tenant, and the largest difference of service between two tenants over any
 * stretch of time in which both had requests waiting all along (VTC, OSDI 2024).
 *
 * Within such a stretch the largest difference over any part of it is the range of the difference of
 * their sums; so two numbers a pair are kept.
 */
export class Service {
  readonly tenants: TenantTokens[] = [];
  /** The largest difference so far. */
  gapTokens = 0;
  readonly #requests: RequestTable;
  readonly #tokens: TokenClock;
  /** By tenant: has requests waiting. */
  readonly #waits: boolean[] = [];
  /** By pair, while both wait: the least and the most that the first was ahead of the second. */
  readonly #low: number[][] = [];
  readonly #high: number[][] = [];
  /** By request: prompt tokens computed. */
  readonly #prompts: number[] = [];

  constructor(requests: RequestTable, tokens: TokenClock) {
    this.#requests = requests;
    this.#tokens = tokens;
  }

  /** A request came, or left the queue. */
  changed(request: number): void {
    const tenant = this.#requests.tenant[request]!;
    while (this.tenants.length <= tenant) this.#join();
    const waits = this.#requests.waitingOf[tenant]! > 0;
    if (waits === this.#waits[tenant]) return;
    this.#waits[tenant] = waits;
    if (waits) for (let other = 0; other < this.tenants.length; other++) this.#begin(tenant, other);
  }

  /** The rows of a work that has ended. */
  ended(work: Work): void {
    const served = new Set<number>();
    for (let row = 0; row < work.sequences.length; row++) {
      const request = this.#tokens.liveRequest(work.sequences[row]!);
      if (request < 0) continue;
      this.#row(work, row, request);
      served.add(this.#requests.tenant[request]!);
    }
    for (const a of served) {
      if (!this.#waits[a]) continue;
      for (let b = 0; b < this.tenants.length; b++) {
        if (b !== a && this.#waits[b]) this.#compare(Math.max(a, b), Math.min(a, b));
      }
    }
  }

  /** Counts from here on. */
  reset(): void {
    this.gapTokens = 0;
    for (const tenant of this.tenants) Object.assign(tenant, nothing());
    for (let a = 0; a < this.tenants.length; a++) {
      for (let b = 0; b < a; b++) this.#begin(a, b);
    }
  }

  #row(work: Work, row: number, request: number): void {
    const flags = work.flags[row]!;
    const tenant = this.tenants[this.#requests.tenant[request]!]!;
    let sampled = flags & RowFlag.Samples ? 1 : 0;
    if (!(flags & RowFlag.Decode)) {
      // The last prompt row samples the first token of each sequence.
      sampled *= this.#requests.width[request]!;
      const done = this.#prompts[request] ?? 0;
      const to = work.to[row]!;
      if (to > done) {
        tenant.serviceTokens += PROMPT_TOKEN * (to - done);
        this.#prompts[request] = to;
      }
    }
    tenant.generatedTokens += sampled;
    tenant.serviceTokens += OUTPUT_TOKEN * sampled;
  }

  #compare(a: number, b: number): void {
    const ahead = this.#ahead(a, b);
    const low = Math.min(this.#low[a]![b]!, ahead);
    const high = Math.max(this.#high[a]![b]!, ahead);
    this.#low[a]![b] = low;
    this.#high[a]![b] = high;
    if (high - low > this.gapTokens) this.gapTokens = high - low;
  }

  /** From now on both may be waiting. */
  #begin(one: number, other: number): void {
    if (one === other) return;
    const [a, b] = one > other ? [one, other] : [other, one];
    this.#low[a]![b] = this.#ahead(a, b);
    this.#high[a]![b] = this.#ahead(a, b);
  }

  #ahead(a: number, b: number): number {
    return this.tenants[a]!.serviceTokens - this.tenants[b]!.serviceTokens;
  }

  #join(): void {
    this.tenants.push(nothing());
    this.#waits.push(false);
    this.#low.push([]);
    this.#high.push([]);
  }
}

function nothing(): TenantTokens {
  return { generatedTokens: 0, serviceTokens: 0 };
}
