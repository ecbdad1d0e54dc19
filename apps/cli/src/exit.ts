import { FloverError, InvariantError } from '@flover/policy';

/**
 * What a process tells its caller: 0 ok, 1 a check failed, 2 bad input, 3 the environment; 130, as
 * shells have it, where Ctrl-C left something undone.
 */
export const ExitCode = {
  Ok: 0,
  CheckFailed: 1,
  BadInput: 2,
  Environment: 3,
  Interrupted: 130,
} as const;

/** Ctrl-C ended what cannot go on or be kept. */
const INTERRUPTED = [/^interrupted$/, /-cancelled$/];

const BAD_INPUT = [
  /^ambiguous-/,
  /^bad-/,
  /^calibration-/,
  /^checkpoint/,
  /^config/,
  /^cost-model/,
  /^experiment-missing$/,
  /^file-unreadable$/,
  /^invalid-/,
  /^limits/,
  /^manifest/,
  /^model-unsupported$/,
  /^policy-file/,
  /^profile/,
  /^recorded/,
  /^reference/,
  /^report-(folder-missing|nothing-found|out-in-use)/,
  /^request-/,
  /^run-folder-(missing|exists)/,
  /^safetensors/,
  /^sampling/,
  /^tensor-/,
  /^tokenizer/,
  /^trace-(cut|bad|malformed|version|missing)/,
  /^unknown-/,
  /^weights/,
  /^workload-/,
  /^world-invalid$/,
];

const ENVIRONMENT = [
  /^addon-/,
  /^backend-/,
  /^collective-/,
  /^cuda/,
  /^device-/,
  /^nccl-/,
  /^no-/,
  /^out-of-/,
  /^peers-/,
  /^rank-/,
  /-unwritable$/,
  /write-failed$/,
];

/** The exit code that an error deserves; a wrong policy or a bug of ours is a failed check. */
export function exitCodeOf(error: unknown): number {
  const code = (error as { code?: unknown }).code;
  if (typeof code !== 'string') return ExitCode.CheckFailed;
  if (INTERRUPTED.some((pattern) => pattern.test(code))) return ExitCode.Interrupted;
  if (BAD_INPUT.some((pattern) => pattern.test(code))) return ExitCode.BadInput;
  if (ENVIRONMENT.some((pattern) => pattern.test(code))) return ExitCode.Environment;
  if (/^(commander\.|ERR_PARSE_ARGS)/.test(code)) return ExitCode.BadInput;
  if (/^(ENOSPC|EACCES|EROFS|ENOENT|EMFILE)$/.test(code)) return ExitCode.Environment;
  return ExitCode.CheckFailed;
}

/** What a person reads of an error: what happened, then what to do. */
export function describeError(error: unknown): string {
  if (error instanceof FloverError || isFloverShaped(error)) {
    const hint = error.hint ? `\n  ${error.hint}` : '';
    return `error [${error.code}] ${error.message}${hint}`;
  }
  if (error instanceof InvariantError || (error as Error)?.name === 'InvariantError') {
    return `bug in Flover: ${(error as Error).message}\n${stackOf(error)}`;
  }
  return `error ${stackOf(error)}`;
}

/** A stack without the text of a user's own policy, which is its address. */
function stackOf(error: unknown): string {
  const stack = (error as Error)?.stack ?? String(error);
  return stack.replaceAll(/data:text\/javascript;base64,[\w+/=]+/g, '(policy)');
}

/** Errors that crossed a thread lose their class and keep their fields. */
function isFloverShaped(error: unknown): error is FloverError {
  return (error as Error)?.name === 'FloverError';
}
