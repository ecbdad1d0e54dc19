import { runEngine } from '@flover/engine';
import { createScheduler, FloverError } from '@flover/policy';
import {
  type CalibrationSubject,
  calibrate,
  calibrationRecorder,
  type MeasuredWork,
  type Profile,
} from '@flover/simulator';
import { kvBytesPerToken, writeJson } from '@flover/trace';
import { createSource } from '@flover/workload';
import { EngineKeeper } from './engine-source.ts';
import type { Hooks } from './hooks.ts';
import { type ProfileRun, profileRuns } from './profile-runs.ts';
import type { LoadedExperiment } from './spec/load.ts';

/** Prompts and lengths of profile runs come from this seed, which no experiment uses by default. */
const PROFILE_SEED = 20_231_218;

/** Measures the engine of an experiment and fits a profile; the runs are thrown away. */
export function measureProfile(
  experiment: LoadedExperiment,
  keeper: EngineKeeper,
  hooks: Hooks,
): Profile {
  const runs = profileRuns(experiment.spec);
  const measured: (readonly MeasuredWork[])[] = [];
  let subject: CalibrationSubject | undefined;
  hooks.say(`Measuring the engine: ${runs.length} runs that are fitted, not predicted`);
  for (const run of runs) {
    if (hooks.signal.cancelled) {
      throw new FloverError('profile-cancelled', 'cancelled while the engine was being measured');
    }
    measured.push(measureRun(run, keeper, hooks));
    subject ??= subjectOf(experiment, keeper, run, runs);
  }
  return calibrate(measured, subject!);
}

function measureRun(run: ProfileRun, keeper: EngineKeeper, hooks: Hooks): readonly MeasuredWork[] {
  const scheduler = createScheduler(run.scheduler);
  const engine = keeper.engineFor(run.scheduler, scheduler.policy.lanes.length);
  const recorder = calibrationRecorder();
  const source = createSource(run.workload, { seed: PROFILE_SEED });
  const prompts = { seed: PROFILE_SEED, replication: 0 };
  runEngine({ engine, scheduler, source, sink: recorder, prompts, signal: hooks.signal });
  return recorder.works;
}

function subjectOf(
  { spec }: LoadedExperiment,
  keeper: EngineKeeper,
  { scheduler }: ProfileRun,
  runs: readonly ProfileRun[],
): CalibrationSubject {
  const { model, device } = keeper.engineFor(scheduler, 1);
  return {
    device: device.name,
    model: model.shape.name,
    dataType: model.dataType,
    worldSize: spec.engine.tensorParallel,
    runs: runs.map((run) => run.name),
    kvBytesPerToken: kvBytesPerToken(model.shape, model.dataType),
  };
}

/** `flover profile`: measures, fits, writes the profile and says how well it fits. */
export function profileExperiment(
  experiment: LoadedExperiment,
  hooks: Hooks,
  file: string,
): { file: string; summary: string } {
  const keeper = new EngineKeeper(experiment);
  try {
    const profile = measureProfile(experiment, keeper, hooks);
    writeJson(file, profile);
    return { file, summary: describeFit(profile) };
  } finally {
    keeper.close();
  }
}

function describeFit({ residuals, device, model, dataType }: Profile): string {
  const lines = Object.entries(residuals).map(
    ([phase, fit]) => `  ${phase}: ${JSON.stringify(fit)}`,
  );
  return [`${model} ${dataType} on ${device}; residuals of the fit:`, ...lines].join('\n');
}
