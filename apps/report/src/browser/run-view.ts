import { type BrushBehavior, brushX, type D3BrushEvent, select } from 'd3';
import { OVERVIEW_HEIGHT } from '../charts/overview.ts';
import { runChart, TIME_RANGE } from '../charts/run-chart.ts';
import type { DrawnRun } from '../data/packed-run.ts';
import { html } from '../marks/html.ts';
import { Cursor } from './cursor.ts';
import { rovingFocus } from './roving-focus.ts';
import { sameRequest } from './same-request.ts';
import { panned, type TimeWindow, zoomed } from './window.ts';

const WIDTH = TIME_RANGE[1] - TIME_RANGE[0];

/** The part of a run that is looked at: one window for the slots and everything under them. */
export class RunView {
  readonly #page: Document;
  readonly #run: DrawnRun;
  readonly #brush: BrushBehavior<unknown>;
  readonly #cursor: Cursor;
  #window: TimeWindow;
  #pending = 0;

  constructor(page: Document, run: DrawnRun) {
    this.#page = page;
    this.#run = run;
    this.#window = [0, run.endMicros];
    this.#cursor = new Cursor(run);
    this.#brush = brushX<unknown>().extent([
      [0, 0],
      [WIDTH, OVERVIEW_HEIGHT],
    ]);
  }

  start(): void {
    const end = this.#run.endMicros;
    this.#brush.on('brush end', (event) => this.#brushed(event));
    this.#brushLayer().call(this.#brush);
    this.#onClick('zoom-in', () => zoomed(this.#window, 0.5, end));
    this.#onClick('zoom-out', () => zoomed(this.#window, 2, end));
    this.#onClick('pan-left', () => panned(this.#window, -0.5, end));
    this.#onClick('pan-right', () => panned(this.#window, 0.5, end));
    this.#onClick('zoom-reset', () => [0, end]);
    this.#onDrag();
    sameRequest(this.#element('run-chart'));
    this.#element('run-controls').hidden = false;
    this.#follow();
  }

  #brushLayer() {
    return select<SVGGElement, unknown>(
      this.#element('run-overview').querySelector<SVGGElement>('.brush')!,
    );
  }

  #brushed(event: D3BrushEvent<unknown>): void {
    // A brush that was moved by this program tells nothing new.
    if (!event.sourceEvent) return;
    const end = this.#run.endMicros;
    const selection = event.selection as [number, number] | null;
    const scale = end / WIDTH;
    this.#window =
      selection === null ? [0, end] : zoomed([selection[0] * scale, selection[1] * scale], 1, end);
    this.#draw();
  }

  #show(next: TimeWindow): void {
    this.#window = next;
    const end = this.#run.endMicros;
    const whole = next[0] <= 0 && next[1] >= end;
    const scale = WIDTH / end;
    const selection: [number, number] = [next[0] * scale, next[1] * scale];
    this.#brushLayer().call(this.#brush.move, whole ? null : selection);
    this.#draw();
  }

  #draw(): void {
    cancelAnimationFrame(this.#pending);
    this.#pending = requestAnimationFrame(() => {
      const chart = this.#element('run-chart');
      const title = chart.querySelector('svg')?.getAttribute('aria-label') ?? '';
      chart.innerHTML = html(runChart(this.#run, title, this.#window));
      this.#follow();
    });
  }

  /** What has to be set up again whenever the marks are new. */
  #follow(): void {
    const chart = this.#element('run-chart');
    rovingFocus(chart, '.spans .span');
    this.#cursor.follow(chart, this.#window);
  }

  /** Dragging over the panels under the slots zooms into what was dragged over. */
  #onDrag(): void {
    const chart = this.#element('run-chart');
    let from: number | undefined;
    chart.addEventListener('pointerdown', (event) => {
      const at = this.#cursor.timeAt(event);
      if (at === undefined || event.button !== 0) return;
      event.preventDefault();
      from = at;
    });
    this.#page.addEventListener('pointerup', (event) => {
      const to = this.#cursor.timeAt(event, true);
      const start = from;
      from = undefined;
      if (start === undefined || to === undefined) return;
      const [low, high] = [Math.min(start, to), Math.max(start, to)];
      if (high - low < (this.#window[1] - this.#window[0]) / 100) return;
      this.#show(zoomed([low, high], 1, this.#run.endMicros));
    });
  }

  #onClick(id: string, next: () => TimeWindow): void {
    this.#element(id).addEventListener('click', () => this.#show(next()));
  }

  #element(id: string): HTMLElement {
    return this.#page.getElementById(id)!;
  }
}
