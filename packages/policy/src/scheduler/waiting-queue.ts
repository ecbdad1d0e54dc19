import type { WaitingRequests } from '../policy.ts';
import type { RequestView } from '../request.ts';
import type { RequestEntry } from './request-entry.ts';

const COMPACT_ABOVE = 256;

/**
 * First in, first out, with removal from anywhere in O(1) amortised.
 *
 * A removed request leaves a gap; gaps at the head are skipped at once, the others when `compact`
 * is called, which happens only while nobody iterates.
 */
export class WaitingQueue implements WaitingRequests {
  private items: (RequestEntry | undefined)[] = [];
  private head = 0;
  length = 0;

  get first(): RequestView | undefined {
    return this.items[this.head]?.view;
  }

  at(index: number): RequestView | undefined {
    const gaps = this.items.length - this.head - this.length;
    if (gaps === 0) return index < 0 ? undefined : this.items[this.head + index]?.view;
    let left = index;
    for (let i = this.head; i < this.items.length; i++) {
      const entry = this.items[i];
      if (entry !== undefined && left-- === 0) return entry.view;
    }
    return undefined;
  }

  push(entry: RequestEntry): void {
    entry.position = this.items.length;
    this.items.push(entry);
    this.length++;
  }

  remove(entry: RequestEntry): void {
    this.items[entry.position] = undefined;
    entry.position = -1;
    this.length--;
    while (this.head < this.items.length && this.items[this.head] === undefined) this.head++;
  }

  /** Places in use, gaps included. */
  get span(): number {
    return this.items.length;
  }

  /** Closes the gaps once they are many and outnumber the requests. */
  compact(above = COMPACT_ABOVE): void {
    const gaps = this.items.length - this.length;
    if (gaps < above || gaps < this.length) return;
    const kept: RequestEntry[] = [];
    for (let i = this.head; i < this.items.length; i++) {
      const entry = this.items[i];
      if (entry === undefined) continue;
      entry.position = kept.length;
      kept.push(entry);
    }
    this.items = kept;
    this.head = 0;
  }

  *[Symbol.iterator](): Generator<RequestView> {
    for (let i = this.head; i < this.items.length; i++) {
      const entry = this.items[i];
      if (entry !== undefined) yield entry.view;
    }
  }
}
