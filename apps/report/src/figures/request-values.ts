import type { ReportData, RequestDetail, RunDetail } from '../data/report-data.ts';
import { type PolicyFacts, policiesOf, type Side } from '../facts/policies.ts';
import type { Series } from '../marks/symbols.ts';

export const LATENCIES = ['TTFT', 'TPOT', 'E2E'] as const;
export type LatencyName = (typeof LATENCIES)[number];

/** A latency of request i in milliseconds; null where it is not defined. */
function latencyMs(requests: RequestDetail, name: LatencyName, i: number): number | null {
  if (name === 'TPOT') {
    const tpot = requests.tpotMicros[i];
    return tpot === null || tpot === undefined ? null : tpot / 1000;
  }
  if (name === 'E2E' && requests.outcome[i] !== 'served') return null;
  const moment = name === 'TTFT' ? requests.firstTokenMicros[i] : requests.endMicros[i];
  return moment === null || moment === undefined
    ? null
    : (moment - requests.arrivalMicros[i]!) / 1000;
}

/** Which requests metrics are of: those that arrived after the warm-up. */
function measured({ comparison }: ReportData, { arrivalMicros }: RequestDetail): number[] {
  const fromMicros = (comparison.warmupMs ?? 0) * 1000;
  return [...arrivalMicros.keys()].filter((i) => arrivalMicros[i]! >= fromMicros);
}

/** All values of a latency over the seeds of a policy in one world, ascending. */
export function latencies(
  data: ReportData,
  policy: PolicyFacts,
  side: Side,
  name: LatencyName,
): number[] {
  const values = policy.cells.flatMap((cell) => {
    const run = runOf(data, cell[side]?.folder);
    if (run === undefined) return [];
    return measured(data, run.requests).flatMap((i) => latencyMs(run.requests, name, i) ?? []);
  });
  return values.sort((a, b) => a - b);
}

/** One request in both worlds. */
export interface Pair {
  readonly policy: PolicyFacts;
  readonly seed: number;
  readonly request: number;
  readonly simulated: Readonly<Record<LatencyName, number | null>>;
  readonly real: Readonly<Record<LatencyName, number | null>>;
}

/** Every request that was kept of both worlds. */
export function pairs(data: ReportData): Pair[] {
  return policiesOf(data.comparison).flatMap((policy) =>
    policy.cells.flatMap((cell) => {
      const simulated = runOf(data, cell.simulated?.folder)?.requests;
      const real = runOf(data, cell.real?.folder)?.requests;
      if (simulated === undefined || real === undefined) return [];
      const rows = new Map(simulated.id.map((id, i) => [id, i]));
      return measured(data, real).flatMap((i) => {
        const request = real.id[i]!;
        const row = rows.get(request);
        if (row === undefined) return [];
        const sides = { simulated: all(simulated, row), real: all(real, i) };
        return [{ policy, seed: cell.seed, request, ...sides }];
      });
    }),
  );
}

function all(requests: RequestDetail, i: number): Record<LatencyName, number | null> {
  return {
    TTFT: latencyMs(requests, 'TTFT', i),
    TPOT: latencyMs(requests, 'TPOT', i),
    E2E: latencyMs(requests, 'E2E', i),
  };
}

function runOf(data: ReportData, folder: string | undefined): RunDetail | undefined {
  return folder === undefined ? undefined : data.runs[folder];
}

/** The policies with their signs, in the order of the experiment. */
export function seriesOf({ comparison, signs }: ReportData): Series[] {
  return policiesOf(comparison).map(({ label }) => ({ name: label, series: signs(label) }));
}
