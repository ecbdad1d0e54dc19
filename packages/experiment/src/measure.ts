import { profileEngine } from '@flover/engine';
import { createScheduler, FloverError } from '@flover/policy';
import { calibrate, calibrationRecorder, type Profile } from '@flover/simulator';
import { kvBytesPerToken, writeJson } from '@flover/trace';
import { cellsOf, kvCapacityTokens } from './cells.ts';
import { modelOf, modelSourceOf, worldOf } from './engine-source.ts';
import type { Hooks } from './hooks.ts';
import { type MeasuredWorks, readMeasuredWorks, writeMeasuredWorks } from './measured-works.ts';
import { describeRanks, profiledRanks } from './profiled-ranks.ts';
import type { Experiment, LoadedExperiment } from './spec/load.ts';
import { locateRanks } from './spec/locate-ranks.ts';

/** Prompts and lengths of profile runs come from this seed, which no experiment uses by default. */
const PROFILE_SEED = 20_231_218;

/**
 * Measures the engine of an experiment and fits a profile.
 *
 * The runs are made for the purpose and reach as far as the experiment's limits, on engines that hold no
 * more KV than its largest memory; none of its own workloads is fitted.
 */
export function measureProfile(experiment: Experiment, hooks: Hooks): Profile {
  const measured = measureWorks(experiment, hooks);
  mustBeWhole(hooks);
  return calibrate([measured.works], measured.subject);
}

/** Up to where it was cancelled. */
function measureWorks(experiment: Experiment, hooks: Hooks): MeasuredWorks {
  const { limits, engine } = experiment.spec;
  const { shape, dataType } = modelOf(experiment);
  const recorder = calibrationRecorder();
  const { device, runs } = locatingRanks(experiment, () =>
    profileEngine({
      model: modelSourceOf(experiment),
      backend: engine.backend,
      threads: engine.threads,
      world: worldOf(engine),
      maxBatch: limits.maxSequences,
      maxContext: limits.maxSequenceTokens,
      kvTokens: Math.max(
        ...cellsOf(experiment).map(({ scheduler }) => kvCapacityTokens(scheduler)),
      ),
      instances: widestInstances(experiment),
      seed: PROFILE_SEED,
      sink: recorder,
      signal: hooks.signal,
      progress: (done, total, run) => {
        recorder.begin(run);
        hooks.say(`Measuring the engine, ${done + 1} of ${total}: ${run}`);
      },
    }),
  );
  const subject = {
    device,
    model: shape.name,
    dataType,
    ...profiledRanks(engine),
    runs,
    kvBytesPerToken: kvBytesPerToken(shape, dataType),
  };
  return { subject, works: recorder.works };
}

/** An error about the ranks names the line of the experiment file that asked for them. */
function locatingRanks<T>(experiment: Experiment, run: () => T): T {
  try {
    return run();
  } catch (error) {
    throw 'source' in experiment ? locateRanks(error, experiment as LoadedExperiment) : error;
  }
}

/** What was kept of a profile that was cancelled may be enough. */
function mustBeWhole({ signal }: Hooks, kept?: string): void {
  if (!signal.cancelled) return;
  throw new FloverError(
    'profile-cancelled',
    'cancelled while the engine was being measured',
    kept && `What was measured until then can be fitted: flover profile --from ${kept}`,
  );
}

/** The most instances that a policy of the experiment runs side by side; 1 where none does. */
function widestInstances(experiment: Experiment): number {
  const asked = cellsOf(experiment).map(({ scheduler }) =>
    scheduler.policy.name === 'concurrent-instances'
      ? createScheduler(scheduler).policy.lanes.length
      : 1,
  );
  return Math.max(...asked);
}

/** What `flover profile` measures and where it writes. */
export interface ProfileRequest {
  /** The model, engine and limits to measure; or `from`: works that were measured before. */
  readonly experiment?: Experiment;
  readonly from?: string;
  /** The profile file. */
  readonly out: string;
  /** Folder that receives the measured works. */
  readonly keep?: string;
}

/** `flover profile`: measures, fits, writes the profile and says how well it fits. */
export function profileExperiment(
  { experiment, from, out, keep }: ProfileRequest,
  hooks: Hooks,
): { file: string; summary: string } {
  const measured =
    from === undefined && experiment !== undefined
      ? measureWorks(experiment, hooks)
      : readMeasuredWorks(from ?? '.');
  if (keep !== undefined) writeMeasuredWorks(keep, measured);
  mustBeWhole(hooks, keep);
  const profile = calibrate([measured.works], measured.subject);
  writeJson(out, profile);
  return { file: out, summary: describeFit(profile) };
}

function describeFit(profile: Profile): string {
  const { residuals, device, model, dataType } = profile;
  const lines = Object.entries(residuals).map(
    ([phase, { samples, biasPercent, mapePercent, p95Percent }]) =>
      `  ${phase.padEnd(14)} ${samples} samples, bias ${biasPercent.toFixed(1)} %, ` +
      `mean error ${mapePercent.toFixed(1)} %, 95 % within ${p95Percent.toFixed(1)} %`,
  );
  return [
    `${model} ${dataType} on ${device}, ${describeRanks(profile)}; what the fit leaves:`,
    ...lines,
  ].join('\n');
}
