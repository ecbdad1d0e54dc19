import { existsSync } from 'node:fs';
import { FloverError, lookupPolicy, type PolicyDefinition } from '@flover/policy';

/** The policy that a cell runs: a file's default export, or a built-in one by name. */
export async function loadPolicy(
  cell: { readonly policyFile?: string; readonly scheduler: { readonly policy: { readonly name: string } } },
): Promise<PolicyDefinition> {
  return cell.policyFile === undefined
    ? lookupPolicy(cell.scheduler.policy.name)
    : await loadPolicyFile(cell.policyFile);
}

/**
 * Loads a policy from a .ts or .js file, with whatever it imports bundled in.
 *
 * @throws FloverError `policy-file-missing`, `policy-file-broken` with the compiler's own words, or
 * `policy-file-shape` where the default export is no policy definition.
 */
export async function loadPolicyFile(file: string): Promise<PolicyDefinition> {
  if (!existsSync(file)) {
    throw new FloverError('policy-file-missing', `no policy file at ${file}`, 'Check the path.');
  }
  const code = await bundle(file);
  let exported: { default?: unknown };
  try {
    exported = await import(`data:text/javascript;base64,${Buffer.from(code).toString('base64')}`);
  } catch (cause) {
    throw new FloverError(
      'policy-file-broken',
      `${file} threw while it was loaded: ${(cause as Error).message}`,
      'A policy file may only define its policy.',
      cause,
    );
  }
  return checkDefinition(file, exported.default);
}

async function bundle(file: string): Promise<string> {
  // Loaded here, since only users' own policies need a compiler.
  const { build } = await import('esbuild');
  try {
    const result = await build({
      entryPoints: [file],
      bundle: true,
      format: 'esm',
      platform: 'node',
      write: false,
      logLevel: 'silent',
      sourcemap: 'inline',
    });
    return result.outputFiles[0].text;
  } catch (cause) {
    throw new FloverError(
      'policy-file-broken',
      `${file} does not compile: ${(cause as Error).message}`,
      'Mend the lines named above.',
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
