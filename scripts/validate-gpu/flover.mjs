// The command line, as the parts call it: the bundle, with the addon that was built here.
import { addonFile, bundleFile } from './build.mjs';
import { run } from './run.mjs';

/** Why the command line cannot be called, or an empty string. */
export function floverMissing() {
  if (!bundleFile()) return 'apps/cli/dist/flover.mjs is not there; bring it';
  if (!addonFile()) return 'no addon was built; FLOVER_ADDON names none';
  return '';
}

/** Runs `flover` with these words; see `run` for the rest. */
export function flover(words, { results, log, minutes }) {
  const env = { FLOVER_ADDON: addonFile(), FLOVER_COMMIT: results.commit.id };
  return run(process.execPath, [bundleFile(), ...words], { log, minutes, env });
}
