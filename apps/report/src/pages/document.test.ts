import { expect, test } from 'vitest';
import { headline } from '../facts/headline.ts';
import { tinyReport } from '../testing/tiny-comparison.ts';
import { reportPage } from './document.ts';

const data = tinyReport();
const page = reportPage(data, 'console.log("hello")');

test('the headline says what the numbers say', () => {
  // By hand: E2E 7, 12.2 and 9 ms together against 4, 10 and 12 ms one after the other.
  expect(headline(data.comparison)).toBe(
    'temporal-fusion answered 3 requests in 9.4 ms each on average on the engine, 1.08 times later ' +
      'than sequential; the simulator put that mean 10.7 % too low and its makespan 10.0 % too low; ' +
      'told the recorded events, a fresh scheduler repeated every decision of all 2 runs.',
  );
});

test('a page holds all that it needs', () => {
  expect(page).not.toMatch(/(src|href)="(?!data:|#)/);
  expect(page).not.toMatch(/url\((?!#)/);
  expect(page).not.toMatch(/@import|https?:\/\//);
  expect(page).toContain('console.log("hello")');
});

test('every figure has a finding with a number, a source and its data', () => {
  const figures = page.split('<figure ').slice(1);
  expect(figures).toHaveLength(4);
  for (const figure of figures) {
    const finding = /<p class="finding"[^>]*>(.*?)<\/p>/.exec(figure)![1]!;
    expect(finding).toMatch(/\d/);
    expect(figure).toContain('A processor · tiny-model · commit 0123456789ab · seed 1');
    expect(figure).toContain('<table class="data">');
    expect(figure).toContain('class="download"');
  }
});

test('names cannot break the page', () => {
  const hostile = '</script><script>alert("1")</script><img src=x onerror=alert(2)>';
  const cells = data.comparison.cells.map((cell) => ({ ...cell, label: hostile }));
  const name = hostile;
  const broken = reportPage(tinyReport({ name, question: hostile, cells }), '');
  expect(broken).not.toContain('<img');
  expect(broken).not.toContain('alert("1")</script>');
  expect(broken).not.toContain('<script');
});

test('a page of an experiment that was stopped before its first run says so', () => {
  const stopped = reportPage(tinyReport({ outcome: 'cancelled', cells: [] }), '');
  expect(stopped).toContain('stopped before it was complete');
});

test('provenance names the device, the commit, the seeds and the cost model', () => {
  const section = page.slice(page.indexOf('id="provenance"'));
  for (const text of ['A processor', '0123456789ab', 'profile', 'synthetic · requests 3']) {
    expect(section).toContain(text);
  }
});
