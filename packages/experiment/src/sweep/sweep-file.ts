import { FloverError } from '@flover/policy';
import { givenCostModel } from '../cost-model.ts';
import { checkExperiment, type LoadedExperiment, readExperimentText } from '../spec/load.ts';
import type { CostModelSpec } from '../spec/model-schema.ts';
import { specProblem } from '../spec/problems.ts';
import { parseYaml, type YamlSource } from '../spec/source.ts';
import {
  type Axis,
  readAxes,
  type Setting,
  settingsOf,
  settingValues,
  withSetting,
} from './axes.ts';

/** What the command line says in place of the file. */
export interface SweepOverrides {
  /** The only policy, absolute path. */
  readonly policyFile?: string;
  readonly costModel?: CostModelSpec;
}

/** A sweep file that was read and found sound at every setting of its axes. */
export interface LoadedSweep {
  readonly axes: readonly Axis[];
  readonly settings: readonly {
    readonly axes: Readonly<Record<string, unknown>>;
    readonly experiment: LoadedExperiment;
  }[];
  /** The experiment that is varied, as the file and the command line say it. */
  readonly written: Readonly<Record<string, unknown>>;
}

/**
 * Reads a sweep file: an experiment file with `sweep`, which maps dotted keys to lists of values.
 *
 * @throws FloverError as `loadExperiment`; also for a value that is impossible at one setting only.
 */
export function loadSweep(file: string, overrides: SweepOverrides = {}): LoadedSweep {
  return parseSweep(file, readExperimentText(file), overrides);
}

/** As `loadSweep`, from a text that is already here. */
export function parseSweep(
  file: string,
  text: string,
  overrides: SweepOverrides = {},
): LoadedSweep {
  const source = overridden(parseYaml(file, text), overrides);
  const axes = readAxes(source);
  const opened = new Set<string>();
  const settings = settingsOf(axes).map((setting) => ({
    axes: settingValues(setting),
    experiment: experimentAt(source, setting, opened),
  }));
  const { sweep: _, ...written } = source.value as Record<string, unknown>;
  return { axes, settings, written };
}

function overridden(source: YamlSource, { policyFile, costModel }: SweepOverrides): YamlSource {
  const { value } = source;
  if (typeof value !== 'object' || value === null) return source;
  return {
    ...source,
    value: {
      ...value,
      ...(policyFile === undefined ? {} : { policies: [{ file: policyFile }] }),
      ...(costModel === undefined ? {} : { costModel }),
    },
  };
}

function experimentAt(source: YamlSource, setting: Setting, opened: Set<string>): LoadedExperiment {
  try {
    const experiment = checkExperiment(withSetting(source, setting));
    checkCostModel(experiment, opened);
    return experiment;
  } catch (error) {
    if (!(error instanceof FloverError) || setting.length === 0) throw error;
    const where = setting.map(({ axis, index }) => describe(axis, index)).join(', ');
    const message = `${error.message}\n  where the sweep sets ${where}`;
    throw new FloverError(error.code, message, error.hint, error);
  }
}

/** It can be opened, and measures nothing; `opened` are those of other settings. */
function checkCostModel(experiment: LoadedExperiment, opened: Set<string>): void {
  const { costModel, model, engine } = experiment.spec;
  if (costModel.kind === 'measure') {
    throw specProblem(
      experiment.source,
      ['costModel'],
      'a sweep predicts from a data sheet or a profile, and measures nothing itself',
      'Make a profile with `flover profile`, then costModel: { kind: profile, file: profile.json }.',
    );
  }
  const key = JSON.stringify([costModel, model, engine]);
  if (opened.has(key)) return;
  try {
    givenCostModel(experiment, costModel);
  } catch (error) {
    if (!(error instanceof FloverError)) throw error;
    throw specProblem(experiment.source, ['costModel'], error.message, error.hint);
  }
  opened.add(key);
}

function describe({ key, values }: Axis, index: number): string {
  return `${key} to ${JSON.stringify(values[index])}`;
}
