// Builds for the GPU that is there, runs checks, sanitizers, validation and benchmarks, and leaves the
// results in experiments/01-gpu-validation/results/<device>/<run-id>/. Needs Node alone: no packages.
// Usage: node scripts/validate-gpu.mjs [--only build,checks,...] [--cases N] [--requests N] [--out DIR]
//          [--shapes LIST] [--data-types LIST] [--tools memcheck,racecheck] [--sanitizer-seconds N]
// Exit codes: 0 ok, 1 a part failed, 2 bad arguments, 3 something is missing.
import { parseArgs } from 'node:util';
import { lookAtMachine } from './validate-gpu/machine.mjs';
import { partNames, parts } from './validate-gpu/parts.mjs';
import { openResults } from './validate-gpu/results.mjs';
import { sanitizerTools } from './validate-gpu/sanitizer.mjs';

function options() {
  const { values } = parseArgs({
    options: {
      only: { type: 'string' },
      cases: { type: 'string', default: '60' },
      requests: { type: 'string', default: '10000' },
      seed: { type: 'string', default: '1' },
      out: { type: 'string' },
      shapes: { type: 'string' },
      'data-types': { type: 'string' },
      tools: { type: 'string', default: sanitizerTools.join() },
      // Nobody waits longer for one program under a sanitizer.
      'sanitizer-seconds': { type: 'string', default: '240' },
    },
  });
  const only = values.only?.split(',').map((name) => name.trim()) ?? partNames;
  const strange = only.find((name) => !partNames.includes(name));
  if (strange) throw new Error(`--only: there is no part '${strange}'; parts: ${partNames}`);
  for (const name of ['cases', 'requests', 'seed', 'sanitizer-seconds']) {
    if (!/^\d+$/.test(values[name])) throw new Error(`--${name} wants a whole number`);
  }
  const tools = values.tools.split(',').map((name) => name.trim());
  if (tools.some((name) => !sanitizerTools.includes(name))) {
    throw new Error(`--tools: of ${sanitizerTools}`);
  }
  // What validation looks at, here and under a sanitizer; default: every shape and data type.
  const subjects = ['shapes', 'data-types'].flatMap((name) =>
    values[name] === undefined ? [] : [`--${name}`, values[name]],
  );
  return { ...values, only, tools, subjects, sanitizerSeconds: values['sanitizer-seconds'] };
}

function main() {
  let chosen;
  try {
    chosen = options();
  } catch (error) {
    console.error(error.message);
    return 2;
  }
  const machine = lookAtMachine(chosen.only);
  if (machine.missing.length > 0) {
    for (const what of machine.missing) console.error(`missing: ${what}`);
    return 3;
  }
  const results = openResults(machine, chosen);
  console.error(`${machine.device}, driver ${machine.driver}, CUDA ${machine.toolkit}`);
  console.error(`results: ${results.folder}`);
  for (const name of partNames.filter((part) => chosen.only.includes(part))) {
    results.start(name);
    try {
      results.end(name, parts[name]({ machine, results, options: chosen }));
    } catch (error) {
      // One part's failure loses nothing of the others'.
      results.end(name, { outcome: 'failed', detail: error.message });
    }
  }
  const failed = results.close();
  console.error(failed.length === 0 ? 'all parts passed' : `failed: ${failed.join(', ')}`);
  return failed.length === 0 ? 0 : 1;
}

process.exitCode = main();
