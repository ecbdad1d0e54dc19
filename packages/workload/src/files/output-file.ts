import { closeSync, openSync, writeSync } from 'node:fs';
import { FloverError, invariant } from '@flover/policy';

/**
 * A file that is written from the beginning, synchronously.
 *
 * Throws FloverError with the code given, naming the path and what to do, when the disk refuses.
 */
export class OutputFile {
  readonly #path: string;
  readonly #code: string;
  readonly #descriptor: number;
  #open = true;
  #failed = false;

  constructor(path: string, code: string) {
    this.#path = path;
    this.#code = code;
    this.#descriptor = this.#guard(() => openSync(path, 'w'));
  }

  /** A write has failed: what is on the disk may end within a line. */
  get failed(): boolean {
    return this.#failed;
  }

  write(bytes: Uint8Array): void {
    invariant(this.#open, `${this.#path} is written after it was closed`);
    for (let done = 0; done < bytes.length; ) {
      done += this.#guard(() => writeSync(this.#descriptor, bytes, done));
    }
  }

  close(): void {
    invariant(this.#open, `${this.#path} is closed twice`);
    this.#open = false;
    this.#guard(() => closeSync(this.#descriptor));
  }

  #guard<T>(act: () => T): T {
    try {
      return act();
    } catch (cause) {
      this.#failed = true;
      const full = (cause as NodeJS.ErrnoException).code === 'ENOSPC';
      const why = full ? 'the disk is full' : cause instanceof Error ? cause.message : cause;
      throw new FloverError(
        this.#code,
        `cannot write ${this.#path}: ${why}`,
        full
          ? 'free space or choose another folder, then run again; what is written can be read'
          : 'check that the folder exists and may be written to',
        cause,
      );
    }
  }
}
