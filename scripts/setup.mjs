// Brings a fresh clone to the point where everything runs: packages, native addon, bundles.
// Each part is skipped when it is up to date, so that this costs about a second when built.
import { execFileSync } from 'node:child_process';
import { existsSync, statSync } from 'node:fs';
import { dirname, join } from 'node:path';
import { fileURLToPath } from 'node:url';

const root = join(dirname(fileURLToPath(import.meta.url)), '..');
const environment = {
  ...process.env,
  TURBO_TELEMETRY_DISABLED: '1',
  DO_NOT_TRACK: '1',
  // cmake-js downloads Node's headers where it finds none; a local copy is used where there is one.
  ...headersHint(),
};

function headersHint() {
  if (process.env.npm_config_nodedir) return {};
  const prefix = join(dirname(process.execPath), '..');
  return existsSync(join(prefix, 'include', 'node', 'node_api.h'))
    ? { npm_config_nodedir: prefix }
    : {};
}

function step(title, command, args) {
  const start = Date.now();
  process.stderr.write(`${title} ...`);
  try {
    execFileSync(command, args, { cwd: root, env: environment, stdio: ['ignore', 'pipe', 'pipe'] });
  } catch (error) {
    process.stderr.write(` failed\n${error.stdout ?? ''}${error.stderr ?? ''}\n`);
    process.stderr.write(`The command was: ${command} ${args.join(' ')}\n`);
    process.exit(3);
  }
  process.stderr.write(` ${((Date.now() - start) / 1000).toFixed(1)} s\n`);
}

function packagesAreCurrent() {
  const installed = join(root, 'node_modules', '.package-lock.json');
  if (!existsSync(installed)) return false;
  return statSync(installed).mtimeMs >= statSync(join(root, 'package-lock.json')).mtimeMs;
}

if (!packagesAreCurrent()) step('Installing packages', 'npm', ['ci', '--no-audit', '--no-fund']);
const turbo = join(root, 'node_modules', '.bin', 'turbo');
step('Building the engine and the command line', turbo, [
  'run',
  'build:native',
  'build',
  '--output-logs=errors-only',
]);
