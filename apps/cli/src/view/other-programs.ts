import { cpus } from 'node:os';

/** A machine whose other programs take less than this share of its cores counts as quiet. */
const QUIET_SHARE = 0.1;

/** Time that processors spent on work, ms: of all programs, and of this one. */
interface Spent {
  readonly atMs: number;
  readonly allMs: number;
  readonly ownMs: number;
  readonly cores: number;
}

/** Watches from now on how much of the machine's processors other programs take. */
export class OtherPrograms {
  readonly #from = spent();

  /** A sentence for whoever reads real times of the CPU backend; undefined on a quiet machine. */
  note(until: Spent = spent(), from: Spent = this.#from): string | undefined {
    const { cores } = until;
    const others = until.allMs - from.allMs - (until.ownMs - from.ownMs);
    const coresTaken = others / Math.max(1, until.atMs - from.atMs);
    if (!(coresTaken > QUIET_SHARE * cores)) return undefined;
    return (
      `other programs took ${coresTaken.toFixed(1)} of ${cores} cores meanwhile: ` +
      'real times, and what was measured for the prediction, are of both'
    );
  }
}

function spent(): Spent {
  const processors = cpus();
  const { user, system } = process.cpuUsage();
  const allMs = processors.reduce(
    (sum, { times }) => sum + times.user + times.nice + times.sys + times.irq,
    0,
  );
  return {
    atMs: performance.now(),
    allMs,
    ownMs: (user + system) / 1000,
    cores: processors.length,
  };
}
