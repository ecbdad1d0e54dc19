// What a trace says of the steady state: iterations that decode `batch` rows, one token each.
import { readFileSync } from 'node:fs';

export function traceFigures(file, batch) {
  const works = new Set();
  const measures = [];
  for (const line of readFileSync(file, 'utf8').trimEnd().split('\n')) {
    const record = JSON.parse(line);
    const isDecode = record.kind === 'launch' && record.s.length === batch && record.f === 3;
    if (isDecode) works.add(record.work);
    if (record.kind === 'measure' && works.has(record.work)) measures.push(record);
  }
  const gaps = measures.slice(1).map(({ start }, i) => (start - measures[i].end) / 1e3);
  const part = (of) => percentiles(measures.map((each) => of(each) / 1e3));
  return {
    steadyIterations: measures.length,
    iterationMs: percentiles(measures.map(({ start, end }) => (end - start) / 1e6)),
    gapMicros: percentiles(gaps),
    planMicros: part(({ plan = 0 }) => plan),
    launchMicros: part(({ launch = 0 }) => launch),
    takeMicros: part(({ take = 0 }) => take),
    hostMicros: part(({ plan = 0, launch = 0, take = 0 }) => plan + launch + take),
  };
}

function percentiles(values) {
  const sorted = values.sort((a, b) => a - b);
  const at = (p) => sorted[Math.min(sorted.length - 1, Math.floor(p * sorted.length))];
  const mean = sorted.reduce((sum, value) => sum + value, 0) / sorted.length;
  return { mean, p50: at(0.5), p90: at(0.9), p99: at(0.99), max: sorted.at(-1) };
}
