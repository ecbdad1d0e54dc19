import { closeSync, openSync, writeSync } from 'node:fs';
import { FloverError, invariant } from '@flover/policy';

/** Errors that mean that there is no room, in words. */
const noSpace: Readonly<Record<string, string>> = {
  ENOSPC: 'the disk is full',
  EDQUOT: 'the disk quota is used up',
  EFBIG: 'the file has reached the largest size allowed',
};

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
      const space = noSpace[(cause as NodeJS.ErrnoException).code ?? ''];
      const why = space ?? (cause instanceof Error ? cause.message : cause);
      throw new FloverError(
        this.#code,
        `cannot write ${this.#path}: ${why}`,
        space === undefined
          ? 'check that the folder exists and may be written to'
          : 'free space or choose another folder, then run again; what is written can be read',
        cause,
      );
    }
  }
}
