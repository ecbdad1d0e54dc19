import type { Manifest } from '@flover/trace';
import type { SiteRun } from '../data/site-data.ts';
import { bytes, milliseconds } from '../marks/format.ts';
import { describe } from './provenance.ts';
import { ranksOf, ranksOn } from './ranks.ts';

/** What its policy is called. */
export function runLabel({ manifest, label }: SiteRun): string {
  return label ?? manifest.policy.name;
}

/** "temporal-fusion, seed 1, real"; a comparison may run one policy under several labels. */
export function runName(run: SiteRun): string {
  const { manifest } = run;
  const world = manifest.world === 'engine' ? 'real' : 'simulated';
  return `${runLabel(run)}, seed ${manifest.seed}, ${world}`;
}

/** Device, model, commit and seed in one line, to stand under a figure. */
export function runSource(manifest: Manifest): string {
  const { device, model, commit, seed } = manifest;
  const dirty = commit.dirty ? ' with uncommitted changes' : '';
  return `${ranksOn(device.name, manifest)} · ${model.name} · commit ${commit.id.slice(0, 12)}${dirty} · seed ${seed}`;
}

/** Names and values that let a run be made again. */
export function runProvenance(run: SiteRun): readonly (readonly [string, string])[] {
  const { manifest, detail } = run;
  const { device, backend, policy, memory, model, workload, costModel, commit } = manifest;
  const text = (value: unknown) => describe(value as Readonly<Record<string, unknown>>);
  const memoryBytes = typeof device.memoryBytes === 'number' ? device.memoryBytes : undefined;
  const inAll = (manifest.worldSize ?? 1) > 1 ? ' in all' : '';
  const rows: (readonly [string, string | undefined])[] = [
    ['Outcome', `${detail.outcome} after ${milliseconds(detail.endMicros / 1000)}`],
    ['Policy', [policy.name, text(policy.parameters)].filter((part) => part !== '').join(' · ')],
    ['KV memory', text(memory)],
    ['Device', memoryBytes ? `${device.name}, ${bytes(memoryBytes)}${inAll}` : device.name],
    ['Ranks', ranksOf(manifest)],
    ['Backend', backend.reason ? `${backend.name}: ${backend.reason}` : backend.name],
    ['Cost model', costModel && text(costModel)],
    ['Model', [model.name, model.dataType].filter((part) => part !== undefined).join(', ')],
    ['Workload', text(workload)],
    ['Commit', `${commit.id.slice(0, 12)}${commit.dirty ? ' with uncommitted changes' : ''}`],
    ['Made', `${manifest.createdAt.slice(0, 16).replace('T', ' ')} UTC`],
    ['Command', `flover ${manifest.commandLine.join(' ')}`],
  ];
  return rows.flatMap(([name, value]) => (value ? [[name, value] as const] : []));
}
