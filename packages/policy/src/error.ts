/**
 * An operating error: something outside the program is wrong and a person can mend it.
 *
 * `code` is stable and in kebab-case; `message` says what, where, the value seen and the values
 * allowed; `hint` says the next thing to do.
 */
export class FloverError extends Error {
  override readonly name = 'FloverError';
  readonly code: string;
  readonly hint: string | undefined;

  constructor(code: string, message: string, hint?: string, cause?: unknown) {
    super(message, cause === undefined ? undefined : { cause });
    this.code = code;
    this.hint = hint;
  }
}
