import { readdirSync, readFileSync } from 'node:fs';
import { dirname, join, resolve } from 'node:path';
import { FloverError } from '@flover/policy';
import { checkSpec } from './check.ts';
import { specError } from './problems.ts';
import { type ExperimentSpec, experimentSchema } from './schema.ts';
import { parseYaml, type YamlSource } from './source.ts';

/** What an experiment file says, as plain JSON. */
export interface Experiment {
  readonly spec: ExperimentSpec;
  /** Folder of the file: relative paths in it start here. */
  readonly folder: string;
}

/** An experiment file that was read and found sound. */
export interface LoadedExperiment extends Experiment {
  readonly source: YamlSource;
}

/**
 * Reads an experiment file.
 *
 * @throws FloverError `experiment-missing`, `bad-yaml` or `bad-experiment`; each problem with file,
 * line, the value seen and what is allowed.
 */
export function loadExperiment(file: string): LoadedExperiment {
  return parseExperiment(file, readExperimentText(file));
}

/** The text of an experiment or sweep file. */
export function readExperimentText(file: string): string {
  try {
    return readFileSync(file, 'utf8');
  } catch (cause) {
    const isFolder = (cause as NodeJS.ErrnoException).code === 'EISDIR';
    throw new FloverError(
      'experiment-missing',
      `cannot read the experiment ${file}: ${isFolder ? 'it is a folder' : (cause as Error).message}`,
      (isFolder && filesIn(file)) ||
        'Give the path of a YAML file; experiments/00-first-look/experiment.yaml is one.',
      cause,
    );
  }
}

/** Which files of a folder may have been meant; undefined where it has none. */
function filesIn(folder: string): string | undefined {
  const files = readdirSync(folder).filter((name) => name.endsWith('.yaml'));
  if (files.length === 0) return undefined;
  const shown = files.slice(0, 5).map((name) => join(folder, name));
  return `Give a file in it: ${shown.join(', ')}${files.length > 5 ? ', ...' : ''}.`;
}

/** As `loadExperiment`, from a text that is already here. */
export function parseExperiment(file: string, text: string): LoadedExperiment {
  return checkExperiment(parseYaml(file, text));
}

/** Checks a parsed text against the schema, then its values against each other. */
export function checkExperiment(source: YamlSource): LoadedExperiment {
  const parsed = experimentSchema.safeParse(source.value);
  if (!parsed.success) throw specError(source, experimentSchema, parsed.error);
  const loaded = { spec: parsed.data, folder: dirname(resolve(source.file)), source };
  checkSpec(loaded);
  return loaded;
}
