import { accessSync, constants } from 'node:fs';
import { availableParallelism, cpus, totalmem } from 'node:os';
import { loadAddon } from '@flover/engine';
import { devices } from '@flover/simulator';
import { models } from '@flover/trace';
import { ExitCode } from '../exit.ts';
import { command, jsonOption } from './options.ts';

/** One thing that was looked at. */
interface Finding {
  readonly what: string;
  readonly fine: boolean;
  readonly detail: string;
}

/** `flover doctor` */
export const doctorCommand = () =>
  command(
    'doctor [options]',
    'Says what this machine can run, and what is missing.',
    'flover doctor',
  )
    .addOption(jsonOption())
    .action((options: { json?: boolean }) => {
      const findings = [node(), machine(), ...engine(), writable()];
      const names = { models: models.map((m) => m.name), devices: devices.map((d) => d.name) };
      if (options.json) {
        process.stdout.write(`${JSON.stringify({ findings, ...names })}\n`);
      } else {
        for (const { what, fine, detail } of findings) {
          process.stdout.write(`${fine ? 'ok     ' : 'missing'}  ${what}: ${detail}\n`);
        }
        process.stdout.write(`\nModel shapes: ${names.models.join(', ')}\n`);
        process.stdout.write(`Device sheets: ${names.devices.join(', ')}\n`);
      }
      const needed = findings.filter(({ what }) => what !== CUDA);
      process.exitCode = needed.every((f) => f.fine) ? ExitCode.Ok : ExitCode.Environment;
    });

/** Nothing needs it: the CPU backend runs everything. */
const CUDA = 'backend cuda';
const withoutCuda: Finding = {
  what: CUDA,
  fine: false,
  detail:
    'not in this build: no CUDA toolkit was found then (docs/native-build.md); only a GPU needs it',
};

function node(): Finding {
  const [major, minor] = process.versions.node.split('.').map(Number);
  const fine = major > 20 || (major === 20 && minor >= 19);
  return { what: 'Node', fine, detail: `${process.version} (20.19 or newer)` };
}

function machine(): Finding {
  const gigabytes = (totalmem() / 1e9).toFixed(0);
  const model = cpus()[0]?.model.trim() ?? 'unknown processor';
  return {
    what: 'machine',
    fine: true,
    detail: `${model}, ${availableParallelism()} cores, ${gigabytes} GB`,
  };
}

function engine(): Finding[] {
  try {
    const addon = loadAddon();
    const built = addon.build();
    const backends = addon.backends().map(({ name, unavailable, devices }) => ({
      what: `backend ${name}`,
      fine: unavailable === '',
      detail: unavailable === '' ? `can run here; devices: ${numbered(devices)}` : unavailable,
    }));
    return [
      { what: 'engine', fine: true, detail: `${built.compiler}, ${built.instructions}` },
      ...backends,
      ...(backends.some(({ what }) => what === CUDA) ? [] : [withoutCuda]),
    ];
  } catch (error) {
    const { message, hint } = error as { message: string; hint?: string };
    return [{ what: 'engine', fine: false, detail: hint ? `${message} ${hint}` : message }];
  }
}

/** As an experiment's `engine.devices` names them. */
function numbered(devices: readonly string[]): string {
  return devices.map((name, number) => `${number} ${name}`).join(', ');
}

function writable(): Finding {
  try {
    accessSync(process.cwd(), constants.W_OK);
    return { what: 'results', fine: true, detail: `runs/ can be written in ${process.cwd()}` };
  } catch {
    return {
      what: 'results',
      fine: false,
      detail: `${process.cwd()} cannot be written; use --out`,
    };
  }
}
