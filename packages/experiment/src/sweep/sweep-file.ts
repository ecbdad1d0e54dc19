import { FloverError } from '@flover/policy';
import { givenCostModel } from '../cost-model.ts';
import { checkExperiment, type LoadedExperiment, readExperimentText } from '../spec/load.ts';
import type { CostModelSpec } from '../spec/model-schema.ts';
import { specProblem } from '../spec/problems.ts';
import { parseYaml, type YamlSource } from '../spec/source.ts';
import { type Axis, assignments, axesOf, type Setting, settingsOf, settingValues } from './axes.ts';
import { checkBaseline, checkShown } from './check-keys.ts';
import { withSetting } from './setting.ts';
import { readSweepKeys, type SweepKeys, withoutSweepKeys } from './sweep-keys.ts';

/** What the command line says in place of the file. */
export interface SweepOverrides {
  /** The only policy, absolute path. */
  readonly policyFile?: string;
  readonly costModel?: CostModelSpec;
}

/** A sweep file that was read and found sound at every setting of its axes. */
export interface LoadedSweep extends Pick<SweepKeys, 'show' | 'baseline'> {
  readonly axes: readonly Axis[];
  readonly settings: readonly {
    readonly axes: Readonly<Record<string, unknown>>;
    readonly experiment: LoadedExperiment;
  }[];
  /** The experiment that is varied, as the file and the command line say it. */
  readonly written: Readonly<Record<string, unknown>>;
}

/**
 * Reads a sweep file: an experiment file with `sweep`, which maps dotted keys to lists of values, and
 * with what its results are to show.
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
  const keys = readSweepKeys(source);
  const axes = axesOf(source, keys.sweep);
  const opened = new Set<string>();
  const settings = settingsOf(axes).map((setting) => ({
    axes: settingValues(setting),
    experiment: experimentAt(source, setting, opened),
  }));
  const { show, baseline } = keys;
  const specs = settings.map(({ experiment }) => experiment.spec);
  checkShown(source, specs, show);
  checkBaseline(source, specs, baseline);
  return { axes, settings, show, baseline, written: withoutSweepKeys(source) };
}

function overridden(source: YamlSource, { policyFile, costModel }: SweepOverrides): YamlSource {
  const { value } = source;
  if (typeof value !== 'object' || value === null) return source;
  const { baseline, ...others } = value as Record<string, unknown>;
  // A policy alone has none to be compared with.
  const alone = { ...others, policies: [{ file: policyFile }] };
  return {
    ...source,
    value: {
      ...(policyFile === undefined ? value : alone),
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
    const where = assignments(setting).map(describe).join(', ');
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

function describe({ varied, index }: ReturnType<typeof assignments>[number]): string {
  return `${varied.key} to ${JSON.stringify(varied.values[index])}`;
}
