import {
  type Comparison,
  type MetricKey,
  type MetricSplit,
  metricDefinition,
} from '@flover/metrics';
import { errorSplit, type SplitPanel, type SplitRow } from '../charts/error-split.ts';
import { errorParts, totalError } from '../facts/error-parts.ts';
import { type PolicyFacts, policiesOf } from '../facts/policies.ts';
import { type Tenant, tenantName, tenantsOf } from '../facts/tenants.ts';
import { signedPercent } from '../marks/format.ts';
import type { Figure } from './figure.ts';

const METRICS: readonly MetricKey[] = ['ttftMsMean', 'tpotMsMean', 'e2eMsMean'];
const TOLD: MetricKey = 'e2eMsMean';

interface Row {
  readonly tenant: Tenant;
  readonly policy: PolicyFacts;
  /** The words that name it beside others. */
  readonly label: string;
  /** One a run. */
  readonly splits: readonly (readonly MetricSplit[])[];
}

/** Where the error of each tenant's metrics comes from; none where it was not split by tenant. */
export function tenantsErrorFigure(comparison: Comparison): Figure | undefined {
  const rows = rowsOf(comparison);
  if (rows.length === 0) return undefined;
  const panels = METRICS.map(
    (key): SplitPanel => ({
      title: metricDefinition(key)!.label,
      rows: rows.map(({ label, splits }): SplitRow => ({ label, ...errorParts(splits, key) })),
    }),
  );
  const finding = sentence(rows, policiesOf(comparison).length);
  return {
    id: 'tenants-error',
    title: 'Where the error of each tenant comes from',
    finding,
    note: 'Read as the figure of the policies: the engine’s decisions are replayed with predicted durations; what is then still wrong is the cost model’s, the rest comes of other decisions. Errors of opposite sign in two tenants can cancel in the mean of all.',
    drawing: errorSplit(panels, finding, 'tenants-error'),
    table: {
      caption:
        'Signed error of the simulator for each tenant in two parts, percent of the real value',
      columns: ['Metric', 'Tenant', 'Policy', 'Cost model, %', 'Divergence, %', 'Total, %'],
      rows: METRICS.flatMap((key) =>
        rows.map(({ tenant, policy, splits }) => {
          const parts = errorParts(splits, key);
          return [
            ...[metricDefinition(key)!.label, tenantName(tenant), policy.label],
            ...[parts.costModelPercent, parts.divergencePercent, totalError(parts)],
          ];
        }),
      ),
    },
  };
}

function rowsOf(comparison: Comparison): Row[] {
  const policies = policiesOf(comparison);
  return tenantsOf(comparison).flatMap((tenant) =>
    policies.flatMap((policy): Row[] => {
      const splits = policy.cells.flatMap(({ tenantSplits = [] }) =>
        tenantSplits.filter((each) => each.tenant === tenant).map(({ split }) => split),
      );
      if (splits.length === 0) return [];
      const name = tenantName(tenant);
      const label = policies.length === 1 ? name : `${name}: ${policy.label}`;
      return [{ tenant, policy, label, splits }];
    }),
  );
}

/** The tenant and policy whose mean E2E latency is farthest off, with its two parts. */
function sentence(rows: readonly Row[], policies: number): string {
  const known = rows.flatMap((row) => {
    const parts = errorParts(row.splits, TOLD);
    const total = totalError(parts);
    return total === null ? [] : [{ row, parts, total }];
  });
  const [worst] = known.sort((a, b) => Math.abs(b.total) - Math.abs(a.total));
  if (worst === undefined) return 'No tenant has a mean E2E latency in both worlds.';
  if (Math.abs(worst.total) < 0.05) {
    return 'The mean E2E latency of every tenant is predicted to 0.1 %.';
  }
  const { row, parts, total } = worst;
  const under = policies === 1 ? '' : ` under ${row.policy.label}`;
  return (
    `Of all tenants the mean E2E latency of ${tenantName(row.tenant)}${under} is farthest off, ${signedPercent(total)}: ` +
    `${signedPercent(parts.costModelPercent)} from the cost model and ` +
    `${signedPercent(parts.divergencePercent)} from other decisions.`
  );
}
