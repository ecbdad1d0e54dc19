import type { LawCase } from './case.ts';
import { formatAction, formatEvent } from './format-events.ts';
import type { Law, Violation } from './law.ts';
import type { Run } from './record.ts';

const eventsBefore = 8;
const eventsAfter = 1;

/** A counterexample for a person: the law, the world, and what was said around the violation. */
export function formatCounterexample(law: Law, run: Run, violation: Violation): string {
  const where =
    violation.step === undefined ? 'at the end of the run' : `at event #${violation.step}`;
  return [
    `law ${law.name}: ${law.statement}`,
    `broken ${where}: ${violation.message}`,
    '',
    ...formatWorld(run.world),
    '',
    ...formatTimeline(run, violation.step),
  ].join('\n');
}

/** A world as a few lines: configuration, then a table of its requests. */
export function formatWorld(world: LawCase): string[] {
  const { policy, memory, maxSequences, maxSequenceTokens, planAhead } = world.scheduler;
  const { kind, ...sizes } = memory;
  const settings = Object.entries({ ...sizes, maxSequences, maxSequenceTokens, planAhead });
  const parameters = Object.entries(policy.parameters).map(([name, value]) => `${name}=${value}`);
  const head = ['request', 'arrives', 'prompt', 'max', 'group', 'stops at', 'cancelled'];
  const sent = (['tenant', 'priority'] as const).filter((key) =>
    world.requests.some((request) => request[key] !== undefined),
  );
  let arrivalNanos = 0;
  const rows = world.requests.map((request, place) => {
    arrivalNanos += request.gapNanos;
    const { promptTokens, maxOutputTokens, group, width, endsAt, cancelAfterNanos } = request;
    const cancelled = cancelAfterNanos === undefined ? '-' : `t=${arrivalNanos + cancelAfterNanos}`;
    return [
      `${place}`,
      `t=${arrivalNanos}`,
      `${promptTokens}`,
      `${maxOutputTokens}`,
      group === 'single' ? 'single' : `${width} ${group}`,
      endsAt.length === 0 ? '-' : endsAt.join(','),
      cancelled,
      ...sent.map((key) => `${request[key] ?? '-'}`),
    ];
  });
  return [
    `policy ${[policy.name, ...parameters].join(' ')}`,
    `memory ${kind}: ${settings.map(([name, value]) => `${name} ${value}`).join(', ')}`,
    `works take ${world.durationsNanos.join(', ')} ns in turn; ties: ${world.ties}`,
    ...table([[...head, ...sent], ...rows]),
  ];
}

function table(rows: readonly (readonly string[])[]): string[] {
  const widths = rows[0]!.map((_, column) => Math.max(...rows.map((row) => row[column]!.length)));
  return rows.map((row) => row.map((cell, i) => cell.padStart(widths[i]!)).join('  '));
}

function formatTimeline(run: Run, step: number | undefined): string[] {
  const at = step ?? run.steps.length - 1;
  const first = Math.max(0, at - eventsBefore);
  const lines: string[] = first > 0 ? [`... ${first} events before`] : [];
  for (let index = first; index <= at + eventsAfter; index++) {
    const recorded = run.steps[index];
    if (recorded === undefined) break;
    const mark = index === step ? '>' : ' ';
    lines.push(`${mark}#${index} ${formatEvent(recorded.event)}`);
    for (const action of recorded.actions) lines.push(`      ${formatAction(action)}`);
  }
  if (run.outcome.kind === 'thrown') {
    const on = run.outcome.event === undefined ? '' : formatEvent(run.outcome.event);
    lines.push(`>#${run.steps.length} ${on}`, `      threw ${run.outcome.message}`);
  }
  return lines;
}
