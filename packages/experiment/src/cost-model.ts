import { resolve } from 'node:path';
import { FloverError } from '@flover/policy';
import {
  type CostModel,
  deviceNamed,
  type Profile,
  ProfileCostModel,
  RooflineCostModel,
} from '@flover/simulator';
import { writeJson } from '@flover/trace';
import { modelOf } from './engine-source.ts';
import type { Hooks } from './hooks.ts';
import { measureProfile } from './measure.ts';
import { describeRanks, type ProfiledRanks, profiledRanks } from './profiled-ranks.ts';
import { readProfile } from './read-profile.ts';
import type { Experiment } from './spec/load.ts';
import type { CostModelSpec } from './spec/model-schema.ts';
import { transferredTo } from './transferred.ts';

/** A cost model and where it came from, for manifests and pages. */
export interface ChosenCostModel {
  readonly model: CostModel;
  readonly from: string;
  /** The fit, where there is one. */
  readonly profile?: Profile;
}

/** Reads `measure`, `profile:FILE`, `transfer:FILE` or `roofline:DEVICE`, as a command line says it. */
export function parseCostModel(written: string): CostModelSpec {
  const [kind, ...rest] = written.split(':');
  const detail = rest.join(':');
  if (kind === 'measure' && detail === '') return { kind };
  if ((kind === 'profile' || kind === 'transfer') && detail !== '') {
    return { kind, file: resolve(detail) };
  }
  if (kind === 'roofline' && detail !== '') return { kind, device: detail };
  throw new FloverError(
    'bad-cost-model',
    `cost model '${written}'; allowed: measure, profile:FILE, transfer:FILE, roofline:DEVICE`,
    '`flover doctor` lists the devices.',
  );
}

/** What pages call a profile that data sheets brought over. */
export const TRANSFERRED = 'transferred profile';

/** Opens the cost model of an experiment, measuring the engine where it says so. */
export function chooseCostModel(
  experiment: Experiment,
  hooks: Hooks,
  out: string,
): ChosenCostModel {
  const { costModel } = experiment.spec;
  const { shape, dataType } = modelOf(experiment);
  switch (costModel.kind) {
    case 'roofline': {
      const device = deviceNamed(costModel.device);
      const ranks = profiledRanks(experiment.spec.engine);
      const model = new RooflineCostModel({ device, shape, dataType, ...ranks });
      const { worldSize } = ranks;
      const count = worldSize === 1 ? '' : `${worldSize} x `;
      return { model, from: `data sheet of ${count}${device.name}` };
    }
    case 'profile': {
      const file = resolve(experiment.folder, costModel.file);
      const profile = readProfile(file);
      const ranks = profiledRanks(experiment.spec.engine);
      mustFit(profile, { model: shape.name, dataType, ...ranks }, file);
      return { model: new ProfileCostModel(profile), from: file, profile };
    }
    case 'transfer': {
      const file = resolve(experiment.folder, costModel.file);
      const { profile, from } = transferredTo(experiment, readProfile(file), costModel.device);
      // Without `profile`: what it says of its scatter is not of this prediction.
      return { model: new ProfileCostModel(profile, TRANSFERRED), from: `${file}: ${from}` };
    }
    case 'measure': {
      const profile = measureProfile(experiment, hooks);
      const file = resolve(out, 'profile.json');
      writeJson(file, profile);
      return { model: new ProfileCostModel(profile), from: 'measured before the runs', profile };
    }
  }
}

/** A profile says nothing of another model, data type or other ranks. */
function mustFit(
  profile: Profile,
  asked: Pick<Profile, 'model' | 'dataType'> & ProfiledRanks,
  file: string,
): void {
  const say = (whole: typeof asked) =>
    `${whole.model} ${whole.dataType} on ${describeRanks(whole)}`;
  if (say(profile) === say(asked)) return;
  throw new FloverError(
    'profile-mismatch',
    `${file} was measured for ${say(profile)}; the experiment runs ${say(asked)}`,
    'Make one with `flover profile EXPERIMENT -o FILE`.',
  );
}
