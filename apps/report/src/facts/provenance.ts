import type { Comparison } from '@flover/metrics';
import { number } from '../marks/format.ts';

/** Names and values that let an experiment be made again. */
export function provenance(comparison: Comparison): readonly (readonly [string, string])[] {
  const { model, engine, costModel, limits, seeds, slo, warmupMs, workload } = comparison;
  const rows: (readonly [string, string | undefined])[] = [
    [
      'Device',
      engine ? `${engine.device} (${engine.backend}: ${engine.reason})` : 'simulated only',
    ],
    ['Cost model', costModel && `${costModel.name}, ${costModel.from}`],
    ['Model', `${model.name}, ${number(model.parameters)} parameters, ${model.dataType}`],
    ['Weights', model.weights],
    ['Workload', describe(workload)],
    [seeds.length === 1 ? 'Seed' : 'Seeds', seeds.join(', ')],
    ['Limits', describe(limits)],
    ['Warm-up', warmupMs === undefined ? undefined : `${warmupMs} ms, in no metric`],
    ['SLO', slo && describe(slo as unknown as Record<string, unknown>)],
    ['Commit', commitName(comparison)],
    ['Made', `${comparison.createdAt.slice(0, 16).replace('T', ' ')} UTC`],
  ];
  return rows.flatMap(([name, value]) => (value ? [[name, value] as const] : []));
}

function commitName({ commit }: Comparison): string {
  return `${commit.id.slice(0, 12)}${commit.dirty ? ' with uncommitted changes' : ''}`;
}

/** Settings in words: "maxSequences 8 · planAhead 1"; nested ones in brackets. */
export function describe(settings: Readonly<Record<string, unknown>>): string {
  return Object.entries(settings)
    .map(([name, value]) =>
      value !== null && typeof value === 'object'
        ? `${name} (${describe(value as Record<string, unknown>)})`
        : name === 'kind'
          ? String(value)
          : `${name} ${String(value)}`,
    )
    .join(' · ');
}
