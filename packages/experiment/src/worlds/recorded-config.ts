import { existsSync } from 'node:fs';
import { join } from 'node:path';
import type { PolicyDefinition, SchedulerConfig } from '@flover/policy';
import { openRunFolder, readTraceHeader } from '@flover/trace';
import { defaultsOf, type PolicyParameters } from '../cells.ts';
import { POLICY_FILE } from './record.ts';

/**
 * Defaults that are others by now. Runs of that time named only the parameters that their experiment
 * gave; since then all of a built-in policy's are named.
 */
const DEFAULTS_THEN: Readonly<Record<string, PolicyParameters>> = {
  'chunked-prefill': { chunkAlignment: 128 },
};

/** What a run was made from, a built-in policy with every parameter that it had at that time. */
export function recordedConfig(folder: string): SchedulerConfig {
  const config = readTraceHeader(openRunFolder(folder).tracePath).scheduler as SchedulerConfig;
  // A user's own policy is kept with the run, its defaults with it.
  if (keptPolicy(folder) !== undefined) return config;
  const { name, parameters } = config.policy;
  return withParameters(config, {
    ...defaultsOf(name, undefined),
    ...DEFAULTS_THEN[name],
    ...parameters,
  });
}

/**
 * As `recordedConfig`, for the policy that is to decide: one that is asked in place of a built-in one
 * is given those of its parameters that it has, too.
 */
export function replayConfig(folder: string, { parameters: known }: PolicyDefinition) {
  const config = recordedConfig(folder);
  if (keptPolicy(folder) !== undefined) return config;
  const given = Object.entries(config.policy.parameters).filter(([key]) => key in known);
  return withParameters(config, Object.fromEntries(given));
}

function withParameters(config: SchedulerConfig, parameters: PolicyParameters): SchedulerConfig {
  return { ...config, policy: { name: config.policy.name, parameters } };
}

/** The copy of a user's own policy that a run folder keeps; undefined for a built-in one. */
export function keptPolicy(folder: string): string | undefined {
  const file = join(folder, POLICY_FILE);
  return existsSync(file) ? file : undefined;
}
