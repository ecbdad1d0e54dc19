import { createLogUpdate } from 'log-update';
import { drawFrame } from './flight.ts';
import type { Frame } from './frame.ts';
import { drawProgress, type Progress, progressText } from './progress.ts';

/** The one place that writes progress: a live picture in a terminal, plain lines elsewhere. */
export interface Screen {
  frame(frame: Frame): void;
  progress(progress: Progress): void;
  /** A line that stays. */
  line(text: string): void;
  close(): void;
}

/** Chooses by whether `stream` is a terminal that can draw; `quiet` (for `--json`) shows nothing. */
export function openScreen(stream: NodeJS.WriteStream, quiet: boolean): Screen {
  if (quiet) return { frame: () => {}, progress: () => {}, line: () => {}, close: () => {} };
  const draws = stream.isTTY && process.env.TERM !== 'dumb';
  return draws ? liveScreen(stream) : plainScreen(stream);
}

function liveScreen(stream: NodeJS.WriteStream): Screen {
  const update = createLogUpdate(stream);
  return {
    frame: (frame) => update(drawFrame(frame, stream.columns, Math.min(stream.rows, 40))),
    progress: (progress) => update(drawProgress(progress, stream.columns)),
    line(text) {
      update.clear();
      stream.write(`${text}\n`);
    },
    close: () => update.clear(),
  };
}

const PLAIN_INTERVAL_MS = 2000;

function plainScreen(stream: NodeJS.WriteStream): Screen {
  let lastMs = Date.now();
  const due = () => {
    if (Date.now() - lastMs < PLAIN_INTERVAL_MS) return false;
    lastMs = Date.now();
    return true;
  };
  return {
    frame(frame) {
      if (!due()) return;
      stream.write(
        `${frame.title}: ${frame.finished}/${frame.total} requests, ` +
          `${frame.iterations} iterations, ${(frame.timeNanos / 1e9).toFixed(1)} s\n`,
      );
    },
    progress(progress) {
      if (due()) stream.write(`${progressText(progress)}\n`);
    },
    line: (text) => void stream.write(`${text}\n`),
    close: () => {},
  };
}
