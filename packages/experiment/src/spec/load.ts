import { readFileSync } from 'node:fs';
import { dirname, resolve } from 'node:path';
import { FloverError } from '@flover/policy';
import { checkSpec } from './check.ts';
import { specError } from './problems.ts';
import { type ExperimentSpec, experimentSchema } from './schema.ts';
import { parseYaml, type YamlSource } from './source.ts';

/** An experiment file that was read and found sound. */
export interface LoadedExperiment {
  readonly spec: ExperimentSpec;
  /** Folder of the file: relative paths in it start here. */
  readonly folder: string;
  readonly source: YamlSource;
}

/**
 * Reads an experiment file.
 *
 * @throws FloverError `experiment-missing`, `bad-yaml` or `bad-experiment`; each problem with file,
 * line, the value seen and what is allowed.
 */
export function loadExperiment(file: string): LoadedExperiment {
  let text: string;
  try {
    text = readFileSync(file, 'utf8');
  } catch (cause) {
    throw new FloverError(
      'experiment-missing',
      `cannot read the experiment ${file}: ${(cause as Error).message}`,
      'Give the path of a YAML file; experiments/00-first-look/experiment.yaml is one.',
      cause,
    );
  }
  return parseExperiment(file, text);
}

/** As `loadExperiment`, from a text that is already here. */
export function parseExperiment(file: string, text: string): LoadedExperiment {
  const source = parseYaml(file, text);
  const parsed = experimentSchema.safeParse(source.value);
  if (!parsed.success) throw specError(source, experimentSchema, parsed.error);
  const loaded = { spec: parsed.data, folder: dirname(resolve(file)), source };
  checkSpec(loaded);
  return loaded;
}
