import {
  deviceNamed,
  deviceReporting,
  type Profile,
  type RooflineConfig,
  transferProfile,
} from '@flover/simulator';
import { type DataType, modelNamed } from '@flover/trace';
import { modelOf } from './engine-source.ts';
import { type ProfiledRanks, profiledRanks } from './profiled-ranks.ts';
import type { Experiment } from './spec/load.ts';

/** A profile brought over to an experiment's model, ranks and device by data sheets. */
export interface Transferred {
  readonly profile: Profile;
  /** In words, for manifests and pages. */
  readonly from: string;
}

/**
 * Brings a profile over to the experiment's model and ranks, on the device of this name or, without
 * one, on devices like those that were measured. Throws `unknown-device` where there is no data sheet.
 */
export function transferredTo(
  experiment: Experiment,
  profile: Profile,
  deviceName: string | undefined,
): Transferred {
  const measuredOn = deviceReporting(profile.device);
  const device = deviceName === undefined ? measuredOn : deviceNamed(deviceName);
  const { shape, dataType } = modelOf(experiment);
  const measured: RooflineConfig = {
    device: measuredOn,
    shape: modelNamed(profile.model),
    dataType: profile.dataType as DataType,
    ...ranksOf(profile),
  };
  const asked = { device, shape, dataType, ...ranksOf(profiledRanks(experiment.spec.engine)) };
  const on = device === measuredOn ? '' : ` on ${device.name}`;
  return {
    profile: transferProfile(profile, measured, asked),
    from: `${profile.model} on ${profile.device}, transferred${on} by data sheets`,
  };
}

function ranksOf({ worldSize, collective = 'one-shot', ranksPerDevice = 1 }: ProfiledRanks) {
  return { worldSize, collective, ranksPerDevice };
}
