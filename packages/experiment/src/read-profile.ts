import { readFileSync } from 'node:fs';
import { FloverError } from '@flover/policy';
import { type Profile, parseProfile } from '@flover/simulator';

/** Reads a profile file; throws `profile-missing` or `profile-invalid`. */
export function readProfile(file: string): Profile {
  let text: string;
  try {
    text = readFileSync(file, 'utf8');
  } catch (cause) {
    throw new FloverError(
      'profile-missing',
      `cannot read the profile ${file}: ${(cause as Error).message}`,
      'Make one with `flover profile EXPERIMENT -o FILE`.',
      cause,
    );
  }
  try {
    return parseProfile(JSON.parse(text), file);
  } catch (cause) {
    if (cause instanceof FloverError) throw cause;
    throw new FloverError(
      'profile-invalid',
      `${file} is no JSON: ${(cause as Error).message}`,
      'Make it again with `flover profile EXPERIMENT -o FILE`.',
      cause,
    );
  }
}
