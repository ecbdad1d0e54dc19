import type { Work } from '@flover/policy';
import type { RunNative } from './run.ts';

const SWAP_OUT = 1;
const MOVE = 2;
const PLACEMENT = 3;
const SWAP_IN = 4;
const FORK = 5;

/** Puts works into the arrays of the native border; they are reused, and grow where they must. */
export class Launcher {
  readonly #native: RunNative;
  #sequences = new Int32Array(64);
  #from = new Int32Array(64);
  #to = new Int32Array(64);
  #flags = new Int32Array(64);
  #edits = new Int32Array(256);
  #editsLength = 0;

  constructor(native: RunNative) {
    this.#native = native;
  }

  launch(work: Work): void {
    const rows = work.sequences.length;
    this.#setRows(work, rows);
    this.#setEdits(work);
    this.#native.launch(
      work.id,
      work.lane,
      rows,
      this.#sequences,
      this.#from,
      this.#to,
      this.#flags,
      work.deadRows,
      this.#edits,
      this.#editsLength,
    );
  }

  #setRows(work: Work, rows: number): void {
    if (rows > this.#sequences.length) {
      const length = 2 * rows;
      this.#sequences = new Int32Array(length);
      this.#from = new Int32Array(length);
      this.#to = new Int32Array(length);
      this.#flags = new Int32Array(length);
    }
    for (let row = 0; row < rows; row++) {
      this.#sequences[row] = work.sequences[row]!;
      this.#from[row] = work.from[row]!;
      this.#to[row] = work.to[row]!;
      this.#flags[row] = work.flags[row]!;
    }
  }

  #setEdits(work: Work): void {
    this.#editsLength = 0;
    for (const { sequence, direction, tokens, blocks } of work.swaps) {
      const kind = direction === 'out' ? SWAP_OUT : SWAP_IN;
      this.#put(kind, sequence, tokens, blocks.length);
      for (const block of blocks) this.#put(block);
    }
    for (const { sequence, index, fromBlock, toBlock, tokens } of work.moves) {
      this.#put(MOVE, sequence, index, fromBlock, toBlock, tokens);
    }
    for (const { sequence, index, block } of work.placements) {
      this.#put(PLACEMENT, sequence, index, block);
    }
    for (const { from, to, tokens } of work.forks) this.#put(FORK, from, to, tokens);
  }

  #put(...numbers: number[]): void {
    if (this.#editsLength + numbers.length > this.#edits.length) {
      const grown = new Int32Array(2 * this.#edits.length);
      grown.set(this.#edits);
      this.#edits = grown;
    }
    for (const number of numbers) this.#edits[this.#editsLength++] = number;
  }
}
