import { expect, test } from 'vitest';
import { runDetail } from '../data/run-detail.ts';
import { html } from '../marks/html.ts';
import { marksOf } from '../marks/mark.ts';
import { hang } from '../testing/gallery.ts';
import { tinyTrace } from '../testing/tiny-run.ts';
import { overview } from './overview.ts';
import { runChart } from './run-chart.ts';

test('a run: a mark a span, each naming its request; three panels under them', async () => {
  const run = runDetail(tinyTrace());
  const drawing = runChart(run, 'a run');
  const spans = marksOf(drawing, 'span').filter((mark) => mark.attributes['data-tip']);
  expect(spans).toHaveLength(run.spans.slot.length);
  const of = (phase: string) => spans.filter((mark) => mark.attributes.class === `span ${phase}`);
  expect(['prefill', 'decode', 'move', 'idle'].map((p) => of(p).length)).toEqual([3, 5, 1, 2]);
  expect(of('move')[0]!.tag).toBe('path');
  expect(of('idle')[1]!.attributes['data-tip']).toBe(
    'Request 1 waits in its slot: slot 1, from 7.0 ms for 3.0 ms',
  );
  expect(marksOf(drawing, 'steps')).toHaveLength(3);
  await hang('run', drawing);
});

test('a part of a run: only what lies in it, and nothing beyond the axis', () => {
  const run = runDetail(tinyTrace());
  const drawing = runChart(run, 'a part', [10_500, 11_100]);
  const spans = marksOf(drawing, 'span').filter((mark) => mark.attributes['data-tip']);
  expect(spans.map((mark) => mark.attributes['data-request']).sort()).toEqual([1, 1, 2]);
  for (const { attributes } of spans.filter((mark) => mark.tag === 'rect')) {
    expect(Number(attributes.x)).toBeGreaterThanOrEqual(0);
    expect(Number(attributes.x) + Number(attributes.width)).toBeLessThanOrEqual(962);
  }
});

test('the strip that is brushed', async () => {
  const drawing = overview(runDetail(tinyTrace()));
  expect(marksOf(drawing, 'step-area').length).toBeGreaterThan(0);
  await hang('overview', drawing);
});

test('a long run: neighbours thinner than a line are one mark that says so', async () => {
  const requests = Array.from({ length: 900 }, (_, i) => [i * 7, 1 + (i % 5)] as const);
  const run = runDetail(tinyTrace({ requests, slots: 4 }));
  const drawing = runChart(run, 'a long run');
  const merged = marksOf(drawing, 'merged');
  expect(merged.length).toBeGreaterThan(10);
  expect(String(merged[0]!.attributes['data-tip'])).toMatch(
    /^\d+ short spans of requests? \d+.*Zoom in\.$/,
  );
  expect(html(drawing).length).toBeLessThan(400_000);
  const close = runChart(run, 'a part', [0, run.endMicros / 400]);
  expect(marksOf(close, 'merged')).toHaveLength(0);
  expect(marksOf(close, 'decode').length).toBeGreaterThan(1);
});
