/** How far something with many parts has come. */
export interface Progress {
  /** What the parts are: `cells`. */
  readonly parts: string;
  readonly total: number;
  readonly ended: number;
  readonly failed: number;
  /** Ended since this start, and the seconds since then. */
  readonly endedNow: number;
  readonly seconds: number;
}

const BAR_COLUMNS = 30;

/** One line: a bar, the counts, the rate and the time that is left at this rate. */
export function drawProgress(progress: Progress, columns: number): string {
  const share = progress.total === 0 ? 1 : progress.ended / progress.total;
  const full = Math.floor(share * BAR_COLUMNS);
  const bar = `${'█'.repeat(full)}${'·'.repeat(BAR_COLUMNS - full)}`;
  return `${bar}  ${progressText(progress)}`.slice(0, columns);
}

/** The same without the bar. */
export function progressText({ parts, total, ended, failed, endedNow, seconds }: Progress): string {
  const words = [`${whole(ended)} of ${whole(total)} ${parts}`];
  if (endedNow > 0 && seconds > 0) {
    const perSecond = endedNow / seconds;
    words.push(`${perSecond.toFixed(1)}/s`, `${duration((total - ended) / perSecond)} left`);
  }
  if (failed > 0) words.push(`${whole(failed)} failed`);
  return words.join(', ');
}

function duration(seconds: number): string {
  if (seconds < 60) return `${Math.ceil(seconds)} s`;
  if (seconds < 3600) return `${Math.floor(seconds / 60)} min ${Math.round(seconds % 60)} s`;
  return `${Math.floor(seconds / 3600)} h ${Math.round((seconds % 3600) / 60)} min`;
}

function whole(value: number): string {
  return value.toLocaleString('en');
}
