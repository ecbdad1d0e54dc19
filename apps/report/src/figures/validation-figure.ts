import { scaleLog } from 'd3';
import { chart } from '../charts/chart.ts';
import { type Validation, type ValidationCheck, validatedDevice } from '../facts/validation.ts';
import { VERDICTS, type Verdict, verdictOf } from '../facts/verdicts.ts';
import { bottomAxis } from '../marks/axis.ts';
import { countWord, listed, number } from '../marks/format.ts';
import { h, type Mark } from '../marks/mark.ts';
import type { Figure } from './figure.ts';

const ROW = 30;
const LEFT = 158;
const WIDTH = 640;

/** What was checked: a bar a kind of check, as long as the cases that it tried. */
export function validationFigure(validation: Validation): Figure {
  const finding = sentence(validation);
  return {
    id: 'checks',
    title: 'What was checked',
    finding,
    note: 'Bars are as long as the number of cases, on a logarithmic axis; a cross marks a kind with a failure, two strokes and a dashed bar one with a check that was interrupted, a level stroke one with a check that could not be asked there.',
    drawing: drawing(groups(validation), finding),
    table: {
      caption: 'Every check with what it claims',
      columns: ['Check', 'Subject', 'Claim', 'Verdict', 'Cases', 'Seed', 'Seconds', 'Detail'],
      rows: validation.checks.map((one) => [
        ...[one.check, one.subject, one.claim, one.verdict],
        ...[one.cases, one.seed, one.seconds, one.detail],
      ]),
    },
  };
}

interface Group {
  readonly name: string;
  readonly claim: string;
  readonly checks: readonly ValidationCheck[];
  readonly cases: number;
  /** How many checks ended so. */
  readonly counts: Readonly<Record<Verdict, number>>;
  /** The worst of them. */
  readonly verdict: Verdict;
}

function groups({ checks }: Validation): Group[] {
  return [...new Set(checks.map(({ check }) => check))].map((name) => {
    const own = checks.filter(({ check }) => check === name);
    const cases = own.reduce((sum, one) => sum + one.cases, 0);
    const counts = { passed: 0, failed: 0, skipped: 0, interrupted: 0 };
    for (const { verdict } of own) counts[verdictOf(verdict)]++;
    const verdict = [...VERDICTS].reverse().find((one) => counts[one] > 0) ?? 'failed';
    return { name, claim: own[0]!.claim, checks: own, cases, counts, verdict };
  });
}

function sentence(validation: Validation): string {
  const all = groups(validation);
  const total = number(validation.checks.length);
  const cases = number(all.reduce((sum, group) => sum + group.cases, 0));
  const where = `on ${validatedDevice(validation)}`;
  const cut = validation.complete === false ? '; it was stopped before its end' : '';
  if (all.every(({ verdict }) => verdict === 'passed')) {
    const kinds = all.length === 1 ? 'one kind' : `${countWord(all.length)} kinds`;
    const which = cut === '' ? `All ${total} checks of ${kinds}` : `The ${total} checks that ran`;
    return `${which} hold ${where}, over ${cases} cases${cut}.`;
  }
  const told = (['failed', 'interrupted', 'skipped'] as const).flatMap((verdict) => {
    const those = all.filter(({ counts }) => counts[verdict] > 0);
    if (those.length === 0) return [];
    const count = those.reduce((sum, { counts }) => sum + counts[verdict], 0);
    const was = verdict === 'failed' ? '' : count === 1 ? 'was ' : 'were ';
    const names = those.map(({ name, counts }) => `${name} (${counts[verdict]})`);
    return [`${count} ${was}${verdict}: ${listed(names)}`];
  });
  return `Of ${total} checks ${where}, ${told.join('; ')}${cut}.`;
}

function drawing(all: readonly Group[], title: string): Mark {
  const height = all.length * ROW;
  const most = Math.max(10, ...all.map(({ cases }) => cases));
  const x = scaleLog([0.8, most * 1.1], [0, WIDTH]);
  return chart(
    'checks',
    height + 70,
    title,
    h(
      'g',
      { transform: `translate(${LEFT},14)` },
      bottomAxis(x, height, { ticks: 5, format: number, grid: height, label: 'cases' }),
      all.map((group, i) => drawGroup(group, i * ROW, x)),
    ),
  );
}

function drawGroup(group: Group, y: number, x: (value: number) => number): Mark {
  const middle = y + ROW / 2;
  const others = (['failed', 'interrupted', 'skipped'] as const)
    .filter((verdict) => group.counts[verdict] > 0)
    .map((verdict) => `, ${group.counts[verdict]} ${verdict}`);
  const verdict = `${group.counts.passed} of ${group.checks.length} pass${others.join('')}`;
  const end = x(Math.max(1, group.cases));
  const sign = SIGNS[group.verdict];
  return h(
    'g',
    { class: 'row' },
    h('text', { x: -12, y: middle, dy: '0.32em', 'text-anchor': 'end' }, group.name),
    h('rect', {
      ...{ class: `check ${group.verdict}`, y: y + 8 },
      ...{ width: end, height: ROW - 16 },
      'data-tip': `${group.name}: ${verdict}, ${number(group.cases)} cases. ${group.claim}`,
    }),
    sign && h('path', { class: sign.name, d: `M${end + 8},${middle}${sign.path}` }),
    h(
      'text',
      { class: 'value', x: Math.min(end, WIDTH) + (sign ? 26 : 8), y: middle, dy: '0.32em' },
      `${verdict}, ${number(group.cases)} cases`,
    ),
  );
}

/** Drawn after a bar, ten pixels wide: a cross, two upright strokes, a level one. */
const SIGNS: Readonly<Record<Verdict, { name: string; path: string } | null>> = {
  passed: null,
  failed: { name: 'cross', path: 'm0,-5l10,10m0,-10l-10,10' },
  interrupted: { name: 'pause', path: 'm2,-5v10m5,-10v10' },
  skipped: { name: 'dash', path: 'h10' },
};
