/** Thrown when the program itself is wrong; never caught to go on. */
export class InvariantError extends Error {
  override readonly name = 'InvariantError';
}

/**
 * Asserts what must hold if this program is right; always on.
 *
 * On hot paths give the message as a function: a text with numbers in it costs more than the check.
 */
export function invariant(condition: unknown, message: string | (() => string)): asserts condition {
  if (!condition) throw new InvariantError(typeof message === 'string' ? message : message());
}
