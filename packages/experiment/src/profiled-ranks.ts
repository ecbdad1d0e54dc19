import type { Profile } from '@flover/simulator';
import type { EngineSpec } from './spec/model-schema.ts';

/** What a profile's times depend on of the ranks that were measured. */
export type ProfiledRanks = Pick<Profile, 'worldSize' | 'collective' | 'ranksPerDevice'>;

/** The ranks that an experiment asks for; one rank has nothing to add up, and a CPU is one device. */
export function profiledRanks(engine: EngineSpec): ProfiledRanks {
  const { backend, tensorParallel, collective, devices } = engine;
  if (tensorParallel === 1) return { worldSize: 1 };
  const ranksPerDevice = backend === 'cpu' ? 1 : mostAlike(devices ?? []);
  const shared = ranksPerDevice > 1 ? { ranksPerDevice } : {};
  return { worldSize: tensorParallel, collective, ...shared };
}

/** `2 ranks (nccl)`, `4 ranks (one-shot, 2 on a device)`: equal texts are equal ranks. */
export function describeRanks(ranks: ProfiledRanks): string {
  const { worldSize, collective = 'one-shot', ranksPerDevice = 1 } = ranks;
  if (worldSize === 1) return '1 rank';
  const shared = ranksPerDevice > 1 ? `, ${ranksPerDevice} on a device` : '';
  return `${worldSize} ranks (${collective}${shared})`;
}

/** How often the most frequent value occurs; 0 of none. */
function mostAlike(values: readonly number[]): number {
  const counts = values.map((value) => values.filter((other) => other === value).length);
  return Math.max(0, ...counts);
}
