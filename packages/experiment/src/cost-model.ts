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
  /** In words; a file as the experiment names it, so that results are the same on any machine. */
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
  if (costModel.kind !== 'measure') return givenCostModel(experiment, costModel);
  const profile = measureProfile(experiment, hooks);
  const file = resolve(out, 'profile.json');
  writeJson(file, profile);
  return { model: new ProfileCostModel(profile), from: 'measured before the runs', profile };
}

/** A cost model that is there already, in data sheets and files. */
export type GivenCostModel = Exclude<CostModelSpec, { readonly kind: 'measure' }>;

/** Opens it for an experiment's model and ranks. */
export function givenCostModel(experiment: Experiment, given: GivenCostModel): ChosenCostModel {
  const { shape, dataType } = modelOf(experiment);
  const ranks = profiledRanks(experiment.spec.engine);
  if (given.kind === 'roofline') {
    const device = deviceNamed(given.device);
    const model = new RooflineCostModel({ device, shape, dataType, ...ranks });
    const count = ranks.worldSize === 1 ? '' : `${ranks.worldSize} x `;
    return { model, from: `data sheet of ${count}${device.name}` };
  }
  const file = resolve(experiment.folder, given.file);
  const profile = readProfile(file);
  if (given.kind === 'profile') {
    mustFit(profile, { model: shape.name, dataType, ...ranks }, file);
    return { model: new ProfileCostModel(profile), from: given.file, profile };
  }
  const transferred = transferredTo(experiment, profile, given.device);
  // Without `profile`: what it says of its scatter is not of this prediction.
  const model = new ProfileCostModel(transferred.profile, TRANSFERRED);
  return { model, from: `${given.file}: ${transferred.from}` };
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
