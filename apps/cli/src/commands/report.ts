import { resolve } from 'node:path';
import { buildSite, type SiteSummary } from '@flover/report';
import browserCode from '@flover/report/browser.js?raw';
import type { Command } from 'commander';
import { command, jsonOption } from './options.ts';

interface ReportOptions {
  readonly out: string;
  readonly title?: string;
  readonly json?: boolean;
}

/** `flover report` */
export const reportCommand = (): Command =>
  command(
    'report <folder...> [options]',
    'Makes a site of static pages from runs, comparisons and sweeps; it opens from disk.',
    'flover report runs/first-look runs/load-latency -o site',
  )
    .argument('<folder...>', 'folders with results, in any depth')
    .option(
      '-o, --out <folder>',
      'the site: a new folder, or one that holds an earlier site',
      'site',
    )
    .option('--title <text>', 'what the front page is called')
    .addOption(jsonOption())
    .action((folders: string[], { out, title, json }: ReportOptions) => {
      const summary = buildSite({
        folders: folders.map((folder) => resolve(folder)),
        out: resolve(out),
        browserCode,
        ...(title === undefined ? {} : { title }),
      });
      if (json) process.stdout.write(`${JSON.stringify(summary)}\n`);
      else process.stdout.write(summaryText(summary));
      for (const { path, message } of json ? [] : summary.problems) {
        process.stderr.write(`left out: ${path}: ${message}\n`);
      }
    });

function summaryText({ index, pages, bytes, experiments, runs, problems }: SiteSummary): string {
  const found = [
    counted(experiments, 'experiment'),
    counted(runs, 'run'),
    ...(problems.length === 0 ? [] : [`${counted(problems.length, 'file')} left out`]),
  ].join(', ');
  const size = `${counted(pages, 'page')}, ${(bytes / 1e6).toFixed(1)} MB`;
  return `Found: ${found}\nSite:  ${index} (${size})\n`;
}

function counted(count: number, what: string): string {
  return `${count.toLocaleString('en')} ${what}${count === 1 ? '' : 's'}`;
}
