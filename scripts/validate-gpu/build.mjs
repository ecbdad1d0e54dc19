// One CMake tree with everything: checks, CUDA checks, benchmarks and the addon.
import { existsSync, readdirSync } from 'node:fs';
import { dirname, join, resolve } from 'node:path';
import { cores, root, run, tail } from './run.mjs';

const tree = resolve(process.env.FLOVER_GPU_BUILD || join(root, 'build', 'gpu'));
const native = join(tree, 'packages', 'engine', 'native');

export const ctestFolder = tree;

/** The CUDA programs that were built: flover_cuda_checks and the benchmarks. */
export function cudaPrograms() {
  const folder = join(native, 'cuda');
  if (!existsSync(folder)) return [];
  const names = readdirSync(folder).filter((name) => /^flover_cuda_[a-z_]+$/.test(name));
  return names.sort().map((name) => ({ name, path: join(folder, name) }));
}

/** Programs that pass or fail; the others are benchmarks. */
export const isCheck = ({ name }) => /_checks?$/.test(name);

/** The addon: the one that FLOVER_ADDON names, else the one built here. */
export function addonFile() {
  const file = resolve(process.env.FLOVER_ADDON || join(native, 'addon', 'flover.node'));
  return existsSync(file) ? file : undefined;
}

export const bundleFile = () => {
  const file = resolve(
    process.env.FLOVER_BUNDLE || join(root, 'apps', 'cli', 'dist', 'flover.mjs'),
  );
  return existsSync(file) ? file : undefined;
};

export function buildPart({ machine, results }) {
  const log = results.path('build.log');
  const headers = addonHeaders();
  const configured = run(machine.cmake, [...configuration(machine), ...headers.arguments], { log });
  if (configured.code !== 0) return failure('configuring', configured);
  const built = run(machine.cmake, ['--build', tree, '--parallel', cores], { log });
  if (built.code !== 0) return failure('building', built);
  const bundled = bundle(log);
  if (bundled?.code) return failure('bundling the command line', bundled);
  return {
    outcome: 'passed',
    detail: headers.missing,
    architecture: machine.architecture,
    seconds: Math.round(configured.seconds + built.seconds),
  };
}

function configuration({ architecture, nvcc, ninja }) {
  return [
    ...['-S', root, '-B', tree, ...(ninja ? ['-G', 'Ninja'] : [])],
    ...['-DFLOVER_CUDA=ON', '-DFLOVER_CHECKS=ON', `-DCMAKE_CUDA_COMPILER=${nvcc}`],
    `-DCMAKE_CUDA_ARCHITECTURES=${architecture}`,
  ];
}

/** Where the headers are that the addon is compiled with; without them it is left out. */
function addonHeaders() {
  const prefix = join(dirname(process.execPath), '..');
  const node = firstWith('node_api.h', [
    process.env.FLOVER_NODE_HEADERS,
    process.env.npm_config_nodedir && join(process.env.npm_config_nodedir, 'include', 'node'),
    join(prefix, 'include', 'node'),
  ]);
  const api = firstWith('napi.h', [
    process.env.FLOVER_NODE_ADDON_API,
    join(root, 'node_modules', 'node-addon-api'),
  ]);
  if (node && api) return { arguments: [`-DCMAKE_JS_INC=${node};${api}`], missing: '' };
  const what = node
    ? 'node-addon-api (FLOVER_NODE_ADDON_API)'
    : 'Node headers (FLOVER_NODE_HEADERS)';
  return { arguments: [], missing: `the addon was not built: no ${what}; see docs/gpu-runs.md` };
}

function firstWith(file, folders) {
  const found = folders.find((folder) => folder && existsSync(join(folder, file)));
  return found && resolve(found);
}

/** Bundles the command line where its packages are; elsewhere it is brought along. */
function bundle(log) {
  const vite = join(root, 'node_modules', 'vite', 'bin', 'vite.js');
  if (!existsSync(vite)) return undefined;
  const cli = join(root, 'apps', 'cli');
  const config = ['--config', join(cli, 'vite.config.ts'), '--logLevel', 'warn'];
  return run(process.execPath, [vite, 'build', cli, ...config], { log });
}

function failure(what, { code, text }) {
  const errors = text.split('\n').filter((line) => /error|FAILED/i.test(line));
  const shown = errors.length > 0 ? errors.slice(0, 20).join('\n') : tail(text);
  return { outcome: 'failed', detail: `${what} ended with ${code}\n${shown}` };
}
