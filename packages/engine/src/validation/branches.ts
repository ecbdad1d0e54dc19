import type { SchedulerConfig, Work } from '@flover/policy';
import type { TraceRecord } from '@flover/trace';

/** What a run must come to now and then; worlds in which nothing happens would prove nothing. */
export const rareBranches: readonly string[] = [
  'temporal-fusion',
  'sequential',
  'static-batching',
  'dynamic-batching',
  'concurrent-instances',
  'continuous-batching',
  'chunked-prefill',
  'swap',
  'recompute',
  'swaps in',
  'moves (flover)',
  'moves (least-bytes)',
  'dead rows',
  'forks',
  'mixed work',
  'prompts in pieces',
  'four in company',
];

/** Of a crowd, also. */
export const crowdBranch = '32 in company';

/** The branches that a run came to. */
export function branchesOf(config: SchedulerConfig, records: readonly TraceRecord[]): string[] {
  const seen = [config.policy.name];
  for (const entry of records) {
    if (entry.kind !== 'action') continue;
    if (entry.action.kind === 'preempt') seen.push(entry.action.by);
    if (entry.action.kind === 'launch') seen.push(...branchesOfWork(config, entry.action.work));
  }
  return seen;
}

function* branchesOfWork(config: SchedulerConfig, work: Work): Generator<string> {
  if (work.moves.length > 0 && config.memory.kind === 'contiguous') {
    yield `moves (${config.memory.reordering})`;
  }
  if (work.deadRows > 0) yield 'dead rows';
  if (work.forks.length > 0) yield 'forks';
  if (work.swaps.some((swap) => swap.direction === 'in')) yield 'swaps in';
  if (new Set(work.flags).size > 1) yield 'mixed work';
  if (work.from.some((from, i) => from > 0 && work.to[i] !== from + 1)) yield 'prompts in pieces';
  if (work.sequences.length >= 4) yield 'four in company';
  if (work.sequences.length >= 32) yield crowdBranch;
}
