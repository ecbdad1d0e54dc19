import { existsSync, readFileSync } from 'node:fs';
import { resolve } from 'node:path';
import { Command, InvalidArgumentError, Option } from 'commander';

/** Options that several commands share, said once. */
export const jsonOption = () =>
  new Option('--json', 'one JSON document on standard output, no progress');

export const outOption = () =>
  new Option('-o, --out <folder>', 'folder for the results; default runs/<name>-<time>');

export const policyOption = () =>
  new Option('-p, --policy <file>', "run this policy (.ts or .js) in place of the file's policies");

export const backendOption = () =>
  new Option('-b, --backend <name>', 'auto, cpu or cuda').choices(['auto', 'cpu', 'cuda']);

export const costModelOption = () =>
  new Option(
    '-c, --cost-model <model>',
    'measure, profile:FILE, transfer:FILE or roofline:DEVICE, in place of what the file says',
  );

/** A command with its description and an example, as every command has. */
export function command(usage: string, description: string, example: string): Command {
  return new Command(usage.split(' ')[0])
    .description(description)
    .usage(usage.split(' ').slice(1).join(' '))
    .addHelpText('after', `\nExample:\n  ${example}`);
}

/** Where results go when nobody says: a folder that no earlier run has, by the experiment's name. */
export function defaultOut(experimentFile: string): string {
  const time = new Date().toISOString().replaceAll(/[:.]/g, '-').slice(0, 19);
  const folder = resolve('runs', `${nameIn(experimentFile)}-${time}`);
  let free = folder;
  for (let n = 2; existsSync(free); n++) free = `${folder}-${n}`;
  return free;
}

/** The name that an experiment file gives itself; what is wrong with the file is told where it is read. */
function nameIn(experimentFile: string): string {
  try {
    const text = readFileSync(experimentFile, 'utf8');
    return text.match(/^name: *["']?([a-z0-9-]+)/m)?.[1] ?? 'experiment';
  } catch {
    return 'experiment';
  }
}

/** Reads an option's value. */
export function wholeNumber(text: string): number {
  const value = Number(text);
  if (text.trim() === '' || !Number.isInteger(value) || value < 0)
    throw new InvalidArgumentError('a whole number, 0 or more');
  return value;
}

/** Reads whole numbers with commas between them. */
export const wholeNumbers = (text: string): number[] => text.split(',').map(wholeNumber);
