import { scaleLog } from 'd3';
import { chart } from '../charts/chart.ts';
import type { Validation, ValidationCheck } from '../facts/validation.ts';
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
    note: 'Bars are as long as the number of cases, on a logarithmic axis; a cross marks a kind with a failure.',
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
  readonly failed: number;
}

function groups({ checks }: Validation): Group[] {
  return [...new Set(checks.map(({ check }) => check))].map((name) => {
    const own = checks.filter(({ check }) => check === name);
    const cases = own.reduce((sum, one) => sum + one.cases, 0);
    const failed = own.filter(({ verdict }) => verdict !== 'passed').length;
    return { name, claim: own[0]!.claim, checks: own, cases, failed };
  });
}

function sentence(validation: Validation): string {
  const all = groups(validation);
  const total = number(validation.checks.length);
  const cases = number(all.reduce((sum, group) => sum + group.cases, 0));
  const failed = all.filter((group) => group.failed > 0);
  const where = `on ${validation.device.name}`;
  if (failed.length === 0) {
    const kinds = all.length === 1 ? 'one kind' : `${countWord(all.length)} kinds`;
    return `All ${total} checks of ${kinds} hold ${where}, over ${cases} cases.`;
  }
  const bad = failed.map(({ name, failed: count }) => `${name} (${count})`);
  const count = failed.reduce((sum, group) => sum + group.failed, 0);
  return `Of ${total} checks ${where}, ${count} did not pass: ${listed(bad)}.`;
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
  const passed = group.checks.length - group.failed;
  const verdict = `${passed} of ${group.checks.length} pass`;
  const end = x(Math.max(1, group.cases));
  return h(
    'g',
    { class: 'row' },
    h('text', { x: -12, y: middle, dy: '0.32em', 'text-anchor': 'end' }, group.name),
    h('rect', {
      ...{ class: `check ${group.failed > 0 ? 'failed' : 'passed'}`, y: y + 8 },
      ...{ width: end, height: ROW - 16 },
      'data-tip': `${group.name}: ${verdict}, ${number(group.cases)} cases. ${group.claim}`,
    }),
    group.failed > 0
      ? h('path', { class: 'cross', d: `M${end + 8},${middle - 5}l10,10m0,-10l-10,10` })
      : null,
    h(
      'text',
      {
        class: 'value',
        x: Math.min(end, WIDTH) + (group.failed > 0 ? 26 : 8),
        y: middle,
        dy: '0.32em',
      },
      `${verdict}, ${number(group.cases)} cases`,
    ),
  );
}
