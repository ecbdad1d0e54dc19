import type { ValidationDocument } from '../worker/job.ts';
import { textTable } from './table.ts';

/** What a person reads of a validation run: where, a line a check, then all that is wrong. */
export function validationText({ choice, device, build, ...rest }: ValidationDocument): string {
  const { checks, complete, holds, world } = rest;
  const place = `${device.name}, backend ${choice.name} (${choice.reason}); ${device.detail}`;
  const built = `${build.compiler}, ${build.instructions}${build.cuda && `, CUDA ${build.cuda}`}`;
  const table = textTable(
    [
      { title: 'check', align: 'left' },
      { title: 'subject', align: 'left' },
      { title: 'cases', align: 'right' },
      { title: 'seed', align: 'right' },
      { title: 'seconds', align: 'right' },
      { title: 'result', align: 'left' },
    ],
    checks.map(({ check, subject, cases, seed, seconds, verdict }) => [
      check,
      subject,
      String(cases),
      String(seed),
      seconds.toFixed(1),
      verdict === 'failed' ? 'FAILED' : verdict,
    ]),
    { keys: 2, width: undefined },
  );
  const notes = [...checks.flatMap((check) => notesOf(check, world)), ...unseenOf(checks)];
  const end = holds ? 'Everything asked holds.' : complete ? 'NOT everything holds.' : 'Cut short.';
  return [place, built, '', table, '', ...notes, end].join('\n');
}

function notesOf(
  check: ValidationDocument['checks'][number],
  world: ValidationDocument['world'],
): string[] {
  const { verdict, detail, claim, subject, seed, path } = check;
  const title = `${check.check}, ${subject}`;
  if (verdict === 'failed') {
    const ranks = world === undefined ? '' : ranksOption(world);
    const again = path === undefined ? '' : `\nAgain: ${againCommand(check, seed, path)}${ranks}`;
    return [`${title}: NOT so that ${claim}\n${detail}${again}\n`];
  }
  const figures = Object.entries(check.measured ?? {}).map(
    ([name, value]) => `${name} ${Number(value.toPrecision(4))}`,
  );
  const told = [detail, figures.join(', ')].filter(Boolean);
  return told.length === 0 ? [] : [`${title}: ${told.join('; ')}`];
}

function ranksOption(world: NonNullable<ValidationDocument['world']>): string {
  const { size, devices, collective } = world;
  const where = devices === undefined ? '' : ` --devices ${devices.join(',')}`;
  return ` --tensor-parallel ${size}${where}${collective ? ` --collective ${collective}` : ''}`;
}

/** Rare branches that no subject of a check came to: of those the run shows nothing. */
function unseenOf(checks: ValidationDocument['checks']): string[] {
  return [...new Set(checks.map(({ check }) => check))].flatMap((name) => {
    const [first, ...others] = checks.filter(({ check }) => check === name);
    const never = first.unseen.filter((b) => others.every(({ unseen }) => unseen.includes(b)));
    return never.length === 0 ? [] : [`${name}: no case came to ${never.join(', ')}`];
  });
}

function againCommand(
  { check, subject }: ValidationDocument['checks'][number],
  seed: number,
  path: string,
): string {
  const [shape, dataType] = subject.split(/[ ,]+/);
  const one = `--checks ${check} --shapes ${shape} --data-types ${dataType}`;
  return `flover validate ${one} --seed ${seed} --path ${path}`;
}
