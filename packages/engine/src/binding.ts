import { existsSync } from 'node:fs';
import { createRequire } from 'node:module';
import { dirname, join } from 'node:path';
import { fileURLToPath } from 'node:url';
import { FloverError } from '@flover/policy';
import type { NativeAddon } from './addon-types.ts';

const BUILT = join('build', 'Release', 'flover.node');
const BUILD_COMMAND = 'npm run build:native -w @flover/engine';

let loaded: NativeAddon | undefined;

/**
 * Finds and loads the native addon, once a thread.
 *
 * Looked for in the file that FLOVER_ADDON names, else beside this module or its bundle, else in the
 * engine's build folder in any folder above. Throws `addon-missing` or `addon-broken`.
 */
export function loadAddon(environment: NodeJS.ProcessEnv = process.env): NativeAddon {
  const named = environment.FLOVER_ADDON;
  if (named !== undefined && named !== '') return requireAddon(named);
  if (loaded !== undefined) return loaded;
  const candidates = addonCandidates(dirname(fileURLToPath(import.meta.url)));
  const found = candidates.find((file) => existsSync(file));
  if (found === undefined) {
    throw new FloverError(
      'addon-missing',
      `the native addon flover.node is in none of: ${candidates.join(', ')}`,
      `build it: ${BUILD_COMMAND}`,
    );
  }
  loaded = requireAddon(found);
  return loaded;
}

/** Where the addon may be, seen from a folder of sources or of a bundle. */
export function addonCandidates(folder: string): readonly string[] {
  const candidates = [join(folder, 'flover.node')];
  for (let at = folder; dirname(at) !== at; at = dirname(at)) {
    candidates.push(join(at, BUILT), join(at, 'packages', 'engine', BUILT));
  }
  return candidates;
}

function requireAddon(file: string): NativeAddon {
  if (!existsSync(file)) {
    throw new FloverError(
      'addon-missing',
      `FLOVER_ADDON names ${file}, which does not exist`,
      `build the addon (${BUILD_COMMAND}) or unset FLOVER_ADDON`,
    );
  }
  try {
    return createRequire(import.meta.url)(file) as NativeAddon;
  } catch (cause) {
    throw new FloverError(
      'addon-broken',
      `${file} cannot be loaded: ${(cause as Error).message}`,
      `build it again for this machine and Node ${process.version}: ${BUILD_COMMAND}`,
      cause,
    );
  }
}
