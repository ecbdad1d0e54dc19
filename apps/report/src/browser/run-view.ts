import { type BrushBehavior, brushX, type D3BrushEvent, select } from 'd3';
import { OVERVIEW_HEIGHT, overview } from '../charts/overview.ts';
import { runChart, TIME_RANGE } from '../charts/run-chart.ts';
import { requestTable } from '../figures/run-figure.ts';
import { html } from '../marks/html.ts';
import type { RunChoice } from '../pages/run-section.ts';
import { tableMark } from '../pages/table.ts';
import { rovingFocus } from './roving-focus.ts';
import { panned, type TimeWindow, zoomed } from './window.ts';

const WIDTH = TIME_RANGE[1] - TIME_RANGE[0];

/** The run that is looked at, and the part of it. */
export class RunView {
  readonly #page: Document;
  readonly #choices: readonly RunChoice[];
  readonly #brush: BrushBehavior<unknown>;
  #choice: RunChoice;
  #window: TimeWindow;
  #pending = 0;

  constructor(page: Document, choices: readonly RunChoice[]) {
    this.#page = page;
    this.#choices = choices;
    this.#choice = choices[0]!;
    this.#window = [0, this.#choice.detail.endMicros];
    this.#brush = brushX<unknown>().extent([
      [0, 0],
      [WIDTH, OVERVIEW_HEIGHT],
    ]);
  }

  start(): void {
    this.#brush.on('brush end', (event) => this.#brushed(event));
    const { policy, world } = this.#selects();
    for (const select of [policy, world]) select.addEventListener('change', () => this.#choose());
    policy.value = this.#choice.policy;
    world.value = this.#choice.world;
    this.#onClick('zoom-in', () => zoomed(this.#window, 0.5, this.#end));
    this.#onClick('zoom-out', () => zoomed(this.#window, 2, this.#end));
    this.#onClick('pan-left', () => panned(this.#window, -0.5, this.#end));
    this.#onClick('pan-right', () => panned(this.#window, 0.5, this.#end));
    this.#onClick('zoom-reset', () => [0, this.#end]);
    rovingFocus(this.#element('run-chart'), '.spans .span');
    this.#attachBrush();
  }

  get #end(): number {
    return this.#choice.detail.endMicros;
  }

  /** Another run keeps the window, so that two worlds are compared at the same time. */
  #choose(): void {
    const { policy, world } = this.#selects();
    const ofPolicy = this.#choices.filter((choice) => choice.policy === policy.value);
    const choice = ofPolicy.find((one) => one.world === world.value) ?? ofPolicy[0];
    if (choice === undefined) return;
    const whole = this.#window[0] === 0 && this.#window[1] === this.#end;
    this.#choice = choice;
    world.value = choice.world;
    this.#window = whole ? [0, this.#end] : zoomed(this.#window, 1, this.#end);
    this.#element('run-finding').textContent = choice.finding;
    this.#element('run-overview').innerHTML = html(overview(choice.detail));
    this.#element('table-run').innerHTML = html(tableMark(requestTable(choice.detail)));
    this.#attachBrush();
    this.#draw();
  }

  #attachBrush(): void {
    this.#brushLayer().call(this.#brush);
    this.#moveBrush();
  }

  #brushLayer() {
    return select<SVGGElement, unknown>(
      this.#element('run-overview').querySelector<SVGGElement>('.brush')!,
    );
  }

  #brushed(event: D3BrushEvent<unknown>): void {
    // A brush that was moved by this program tells nothing new.
    if (!event.sourceEvent) return;
    const selection = event.selection as [number, number] | null;
    if (selection === null) {
      this.#window = [0, this.#end];
    } else {
      const scale = this.#end / WIDTH;
      this.#window = zoomed([selection[0] * scale, selection[1] * scale], 1, this.#end);
    }
    this.#draw();
  }

  #moveBrush(): void {
    const [from, to] = this.#window;
    const whole = from <= 0 && to >= this.#end;
    const scale = WIDTH / this.#end;
    this.#brushLayer().call(this.#brush.move, whole ? null : [from * scale, to * scale]);
  }

  #draw(): void {
    cancelAnimationFrame(this.#pending);
    this.#pending = requestAnimationFrame(() => {
      const { policy, world, detail } = this.#choice;
      const title = `Slots, batch, queue and KV memory over time: ${policy}, ${world}`;
      const chart = this.#element('run-chart');
      chart.innerHTML = html(runChart(detail, title, this.#window));
      rovingFocus(chart, '.spans .span');
    });
  }

  #onClick(id: string, next: () => TimeWindow): void {
    this.#element(id).addEventListener('click', () => {
      this.#window = next();
      this.#moveBrush();
      this.#draw();
    });
  }

  #selects() {
    return {
      policy: this.#element('run-policy') as HTMLSelectElement,
      world: this.#element('run-world') as HTMLSelectElement,
    };
  }

  #element(id: string): HTMLElement {
    return this.#page.getElementById(id)!;
  }
}
