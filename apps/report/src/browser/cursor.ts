import { TIME_RANGE } from '../charts/run-chart.ts';
import type { DrawnRun } from '../data/packed-run.ts';
import { bytes, number } from '../marks/format.ts';
import type { TimeWindow } from './window.ts';

const WIDTH = TIME_RANGE[1] - TIME_RANGE[0];

/** A line through all panels at the time that is pointed at, and what held then. */
export class Cursor {
  readonly #run: DrawnRun;
  #chart: HTMLElement | undefined;
  #window: TimeWindow;

  constructor(run: DrawnRun) {
    this.#run = run;
    this.#window = [0, run.endMicros];
  }

  /** Follows the pointer over a chart that shows the window. */
  follow(chart: HTMLElement, window: TimeWindow): void {
    this.#chart = chart;
    this.#window = window;
    const reader = chart.querySelector<SVGElement>('.reader');
    reader?.addEventListener('pointermove', (event) => this.#move(event, reader));
    reader?.addEventListener('pointerleave', () => chart.classList.remove('pointed'));
  }

  /** The time under the pointer, microseconds; undefined elsewhere, unless `anywhere` counts. */
  timeAt(event: PointerEvent, anywhere = false): number | undefined {
    const reader = this.#chart?.querySelector('.reader');
    if (!reader || (!anywhere && event.target !== reader)) return undefined;
    const box = reader.getBoundingClientRect();
    const share = Math.min(1, Math.max(0, (event.clientX - box.left) / box.width));
    return this.#window[0] + share * (this.#window[1] - this.#window[0]);
  }

  #move(event: PointerEvent, reader: SVGElement): void {
    const time = this.timeAt(event);
    if (time === undefined) return;
    const [from, to] = this.#window;
    const x = ((time - from) / (to - from)) * WIDTH;
    this.#chart?.classList.add('pointed');
    this.#chart
      ?.querySelector('.cursor')
      ?.setAttribute('transform', `translate(${x.toFixed(1)},0)`);
    reader.setAttribute('data-tip', this.#describe(time));
  }

  #describe(time: number): string {
    const { startMicros, durationMicros, rows, active, waiting, kvUsedBytes, kvReservedBytes } =
      this.#run.iterations;
    let at = -1;
    startMicros.forEach((start, i) => {
      if (start <= time && (at < 0 || start >= startMicros[at]!)) at = i;
    });
    const when = `${(time / 1e6).toFixed(4)} s`;
    if (at < 0) return `${when}: nothing has run yet`;
    const held = `${active[at]} sequences, ${waiting[at]} waiting`;
    const memory = `${bytes(kvUsedBytes[at])} of ${bytes(kvReservedBytes[at])} KV used`;
    const iteration = `iteration of ${rows[at]} rows, ${number(durationMicros[at]! / 1000)} ms`;
    return `${when}: ${iteration}; ${held}; ${memory}`;
  }
}
