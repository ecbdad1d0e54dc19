import { existsSync, readFileSync, statSync, writeFileSync } from 'node:fs';
import { basename, dirname } from 'node:path';
import * as own from '@flover/policy';
import { builtInPolicies, FloverError, lookupPolicy, type PolicyDefinition } from '@flover/policy';
import type { Plugin } from 'esbuild';
import { rememberPlaces } from './policy-places.ts';

const OWN_COPY = Symbol.for('flover.policy');
(globalThis as Record<symbol, unknown>)[OWN_COPY] = own;

const STAND_IN = `export const { ${Object.keys(own).join(', ')} } = globalThis[Symbol.for('flover.policy')];`;

/** A policy and, where it came from a file, all of its source in one text. */
export interface LoadedPolicy {
  readonly definition: PolicyDefinition;
  /** JavaScript that can be kept with a run, so that it can be replayed without the file. */
  readonly source?: string;
}

/**
 * The policy that a cell runs: a file's default export, or a built-in one by name. Errors call the
 * file `written`: what a user wrote, where `file` is a copy of it.
 */
export async function loadPolicy(
  file: string | undefined,
  name: string,
  written?: string,
): Promise<LoadedPolicy> {
  if (file === undefined) return { definition: lookupPolicy(name) };
  return await loadPolicyFile(file, written);
}

/**
 * Loads a policy from a .ts, .js or .mjs file, with whatever it imports bundled in.
 *
 * @throws FloverError `policy-file-missing`, `policy-file-broken` with the compiler's own words, or
 * `policy-file-shape` where the default export is no policy definition.
 */
export async function loadPolicyFile(file: string, written = file): Promise<LoadedPolicy> {
  const { source, map } = await readPolicyText(file);
  const url = `data:text/javascript;base64,${Buffer.from(source).toString('base64')}`;
  rememberPlaces(url, { folder: dirname(file), name: basename(written) }, map);
  let exported: { default?: unknown };
  try {
    exported = await import(url);
  } catch (cause) {
    throw new FloverError(
      'policy-file-broken',
      `${written} threw while it was loaded: ${(cause as Error).message.replace(url, 'the policy')}`,
      'A policy file may only define its policy.',
      cause,
    );
  }
  return { definition: checkDefinition(written, exported.default), source };
}

/** A policy's source in one text, and how its lines came from the files that were written. */
export interface PolicyText {
  readonly source: string;
  /** A source map, as JSON; missing where the lines are the file's own. */
  readonly map?: string;
}

/**
 * The text of a policy file with whatever it imports bundled in, not yet run.
 *
 * @throws FloverError `policy-file-missing` or `policy-file-broken`.
 */
export async function readPolicyText(file: string): Promise<PolicyText> {
  if (!existsSync(file) || statSync(file).isDirectory()) {
    throw new FloverError(
      'policy-file-missing',
      `no policy file at ${file}`,
      hintFor(basename(file)),
    );
  }
  if (!file.endsWith('.mjs')) return await bundle(file);
  // What a run folder or a sweep keeps is bundled already, and needs no compiler.
  const source = readFileSync(file, 'utf8');
  if (IMPORTS_A_FILE.test(source)) return await bundle(file);
  const map = `${file}${MAP}`;
  return existsSync(map) ? { source, map: readFileSync(map, 'utf8') } : { source };
}

function hintFor(name: string): string {
  return builtInPolicies.some((policy) => policy.name === name)
    ? `'${name}' is built in: name it under 'policies' in the experiment.`
    : 'Give the path of a .ts, .js or .mjs file.';
}

/** What a source map is called, after the file that it is of. */
const MAP = '.map';

/** Leaves a policy's text in a file from which it is loaded again, with the lines that were written. */
export function keepPolicyText(file: string, { source, map }: PolicyText): void {
  writeFileSync(file, source);
  if (map !== undefined) writeFileSync(`${file}${MAP}`, map);
}

/** An import of anything but Node's own modules. */
const IMPORTS_A_FILE = /^\s*(?:import|export)\b[^;]*?['"](?!node:)[^'"]+['"]/m;

/**
 * Lets a policy outside this repository import '@flover/policy': where the package cannot be found,
 * this program's own copy of it stands in.
 */
const policyModule: Plugin = {
  name: 'flover-policy',
  setup(build) {
    build.onResolve({ filter: /^@flover\/policy$/ }, async (wanted) => {
      if (wanted.pluginData === 'asked') return undefined;
      const { importer, resolveDir, kind } = wanted;
      const found = await build.resolve(wanted.path, {
        importer,
        resolveDir,
        kind,
        pluginData: 'asked',
      });
      return found.errors.length === 0 ? found : { path: wanted.path, namespace: 'flover' };
    });
    build.onLoad({ filter: /.*/, namespace: 'flover' }, () => ({ contents: STAND_IN }));
  },
};

async function bundle(file: string): Promise<PolicyText> {
  const { build } = await compiler();
  try {
    const result = await build({
      entryPoints: [file],
      // Paths in the bundle's comments start here, so that it is the same wherever it is made.
      absWorkingDir: dirname(file),
      bundle: true,
      format: 'esm',
      platform: 'node',
      write: false,
      // Beside the text, never in it: what is kept with a run stays what it computes.
      sourcemap: 'external',
      outfile: `${file}.bundle`,
      logLevel: 'silent',
      plugins: [policyModule],
    });
    const [map, source] = result.outputFiles;
    return { source: source.text, map: map.text };
  } catch (cause) {
    throw new FloverError(
      'policy-file-broken',
      `${file} does not compile: ${(cause as Error).message}`,
      'Mend the lines named above.',
      cause,
    );
  }
}

/** Loaded here, since only users' own policies need it. */
async function compiler(): Promise<typeof import('esbuild')> {
  try {
    return await import('esbuild');
  } catch (cause) {
    throw new FloverError(
      'no-compiler',
      `a policy file needs the package esbuild, which is not there: ${(cause as Error).message}`,
      'Run flover from its repository, or give the policy.mjs that a run folder keeps.',
      cause,
    );
  }
}

function checkDefinition(file: string, exported: unknown): PolicyDefinition {
  const definition = exported as Partial<PolicyDefinition> | undefined;
  const wrong = (what: string) =>
    new FloverError(
      'policy-file-shape',
      `the default export of ${file} ${what}`,
      'Export default { name, parameters, create(parameters) { return { name, lanes, plan } } }.',
    );
  if (typeof definition !== 'object' || definition === null) throw wrong('is no object');
  if (typeof definition.name !== 'string') throw wrong("has no 'name'");
  if (typeof definition.create !== 'function') throw wrong("has no function 'create'");
  return { parameters: {}, ...definition } as PolicyDefinition;
}
