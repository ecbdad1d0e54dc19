import { FloverError } from '@flover/policy';
import { expect, test } from 'vitest';
import { ExitCode, exitCodeOf } from './exit.ts';

test.each([
  ['policy-threw', ExitCode.CheckFailed],
  ['policy-stuck', ExitCode.CheckFailed],
  ['bad-experiment', ExitCode.BadInput],
  ['model-unsupported', ExitCode.BadInput],
  ['run-folder-exists', ExitCode.BadInput],
  ['tensor-missing', ExitCode.BadInput],
  ['profile-invalid', ExitCode.BadInput],
  ['file-unreadable', ExitCode.BadInput],
  ['no-results-folder', ExitCode.Environment],
  ['collective-unavailable', ExitCode.Environment],
  ['out-of-memory', ExitCode.Environment],
  ['run-folder-unwritable', ExitCode.Environment],
  ['trace-write-failed', ExitCode.Environment],
  ['export-write-failed', ExitCode.Environment],
  ['ENOSPC', ExitCode.Environment],
  ['profile-cancelled', ExitCode.Interrupted],
  ['interrupted', ExitCode.Interrupted],
])('%s ends a command with %d', (code, expected) => {
  expect(exitCodeOf(new FloverError(code, 'told'))).toBe(expected);
});
