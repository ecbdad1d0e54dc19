import { existsSync, mkdirSync, readFileSync, rmdirSync } from 'node:fs';
import { dirname, resolve } from 'node:path';
import { makeFolder } from '@flover/trace';
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

/**
 * Where results go when nobody says: a new folder, by the experiment's name. It is made here, so that
 * of several commands that start at once each has one; where it cannot be made, that is told later.
 */
export function claimOut(experimentFile: string, below = resolve('runs')): string {
  const time = new Date().toISOString().replaceAll(/[:.]/g, '-').slice(0, 19);
  const folder = resolve(below, `${nameIn(experimentFile)}-${time}`);
  for (let n = 1; ; n++) {
    const free = n === 1 ? folder : `${folder}-${n}`;
    try {
      makeFolder(below);
      mkdirSync(free);
      return free;
    } catch (error) {
      if ((error as NodeJS.ErrnoException).code !== 'EEXIST' || !existsSync(free)) return free;
    }
  }
}

/** Removes the folder that `claimOut` made, and the one around it, where nothing came into them. */
export function dropEmptyOut(out: string): void {
  try {
    rmdirSync(out);
    rmdirSync(dirname(out));
  } catch {
    // There is something in it.
  }
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

/** Reads how many there are to be of something without which nothing is done. */
export function atLeastOne(text: string): number {
  const value = wholeNumber(text);
  if (value === 0) throw new InvalidArgumentError('a whole number, 1 or more');
  return value;
}

/** Reads whole numbers with commas between them. */
export const wholeNumbers = (text: string): number[] => text.split(',').map(wholeNumber);
