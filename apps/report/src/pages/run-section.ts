import { overview } from '../charts/overview.ts';
import { runChart } from '../charts/run-chart.ts';
import type { ReportData, RunDetail } from '../data/report-data.ts';
import { heroOf } from '../facts/headline.ts';
import { leadingSide, policiesOf, runsOf } from '../facts/policies.ts';
import { requestTable, runFinding } from '../figures/run-figure.ts';
import { h, type Mark } from '../marks/mark.ts';
import { tableMark } from './table.ts';

/** A run that can be chosen: what the browser draws when it is. */
export interface RunChoice {
  readonly folder: string;
  /** Policy, and seed where there are several. */
  readonly policy: string;
  readonly world: 'simulated' | 'real';
  readonly finding: string;
  readonly detail: RunDetail;
}

/** The runs of an experiment that have a detail, the one to show first in front. */
export function runChoices({ comparison, runs }: ReportData): RunChoice[] {
  const hero = heroOf(policiesOf(comparison));
  const leading = leadingSide(comparison);
  const several = comparison.seeds.length > 1;
  const choices = runsOf(comparison).flatMap(({ cell, side, run }) => {
    const detail = runs[run.folder];
    if (detail === undefined || detail.iterations.total === 0) return [];
    const policy = several ? `${cell.label}, seed ${cell.seed}` : cell.label;
    const choice: RunChoice = {
      folder: run.folder,
      policy,
      world: side,
      finding: runFinding(cell, run),
      detail,
    };
    return [{ choice, rank: Number(cell !== hero?.cells[0]) * 2 + Number(side !== leading) }];
  });
  return choices.sort((a, b) => a.rank - b.rank).map(({ choice }) => choice);
}

/** The slots of a run over time with batch, queue and KV memory; the browser makes it move. */
export function runSection(choices: readonly RunChoice[], source: string): Mark | null {
  const [first] = choices;
  if (first === undefined) return null;
  const title = `Slots, batch, queue and KV memory over time: ${first.policy}, ${first.world}`;
  const policies = [...new Set(choices.map(({ policy }) => policy))];
  const worlds = [...new Set(choices.map(({ world }) => world))];
  return h(
    'figure',
    { id: 'run', 'aria-labelledby': 'run-title' },
    h('h2', { id: 'run-title' }, 'Inside a run'),
    h('p', { class: 'finding', id: 'run-finding', 'aria-live': 'polite' }, first.finding),
    h(
      'div',
      { class: 'controls' },
      select('run-policy', 'Policy', policies),
      select('run-world', 'World', worlds),
      h(
        'span',
        { class: 'zoom' },
        button('zoom-in', 'Zoom in', '+'),
        button('zoom-out', 'Zoom out', '−'),
        button('pan-left', 'Earlier', '←'),
        button('pan-right', 'Later', '→'),
        button('zoom-reset', 'Whole run', 'Whole run'),
      ),
    ),
    h('div', { class: 'drawing', id: 'run-overview' }, overview(first.detail)),
    h('div', { class: 'drawing', id: 'run-chart' }, runChart(first.detail, title)),
    h(
      'figcaption',
      {},
      h(
        'p',
        { class: 'note' },
        'Drag over the strip, or use the buttons, to zoom into a part of the run; all charts below follow. Arrow keys go from span to span once one is focused.',
      ),
      h('p', { class: 'source' }, source),
      h('div', { class: 'scroll', id: 'table-run' }, tableMark(requestTable(first.detail))),
    ),
  );
}

function select(id: string, label: string, options: readonly string[]): Mark {
  const items = options.map((option) => h('option', { value: option }, option));
  return h('label', { for: id }, `${label} `, h('select', { id }, items));
}

function button(id: string, label: string, sign: string): Mark {
  return h('button', { type: 'button', id, 'aria-label': label, title: label }, sign);
}
