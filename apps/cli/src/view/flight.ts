import type { Flight, Frame } from './frame.ts';

const BAR = '━';
const ENDS: Readonly<Record<string, string>> = { length: '●', stop: '◆', cancelled: '✕' };

/**
 * Draws a frame: one row a request over the iterations it was in flight, then the counts.
 *
 * `columns` and `rows` are the terminal's size; the picture never exceeds them.
 */
export function drawFrame(frame: Frame, columns: number, rows: number): string {
  const width = Math.max(20, columns - 14);
  const flights = chosen(frame.flights, Math.max(1, rows - 6));
  const first = Math.min(frame.iterations, ...flights.map((flight) => flight.firstIteration));
  const perColumn = Math.max(1, (frame.iterations - first + 1) / width);
  const lines = flights.map((flight) =>
    drawFlight(flight, frame.iterations, first, perColumn, width),
  );
  return [header(frame), ...lines, memory(frame, width), counts(frame)]
    .map((line) => line.slice(0, columns))
    .join('\n');
}

/** The requests in flight, and as many of the latest ended ones as there is room for. */
function chosen(flights: readonly Flight[], room: number): Flight[] {
  const active = flights.filter((flight) => flight.lastIteration === undefined);
  const ended = flights.filter((flight) => flight.lastIteration !== undefined);
  const kept = [...ended.slice(-Math.max(0, room - active.length)), ...active];
  if (room - active.length <= 0) return active.slice(0, room);
  return kept.sort((a, b) => a.request - b.request);
}

function drawFlight(
  flight: Flight,
  now: number,
  first: number,
  perColumn: number,
  width: number,
): string {
  const start = Math.floor((flight.firstIteration - first) / perColumn);
  const end = Math.floor(((flight.lastIteration ?? now) - first) / perColumn);
  const length = Math.max(0, Math.min(width - 1, end) - start);
  const tip = flight.ended ? (ENDS[flight.ended] ?? '●') : '▶';
  return `${String(flight.request).padStart(8)}  ${' '.repeat(start)}${BAR.repeat(length)}${tip}`;
}

function header(frame: Frame): string {
  const seconds = (frame.timeNanos / 1e9).toFixed(2);
  return `${frame.title}  ${seconds} s  iteration ${frame.iterations}`;
}

function memory(frame: Frame, width: number): string {
  const capacity = Math.max(1, frame.kvCapacityBytes);
  const bar = Math.min(40, width - 20);
  const used = Math.round((frame.kvUsedBytes / capacity) * bar);
  const reserved = Math.max(used, Math.round((frame.kvReservedBytes / capacity) * bar));
  const drawn = '█'.repeat(used) + '▒'.repeat(reserved - used) + '·'.repeat(bar - reserved);
  const percent = ((100 * frame.kvUsedBytes) / capacity).toFixed(0);
  return `      KV  ${drawn} ${percent} % used, ${frame.moves} moves (${megabytes(frame.movedBytes)})`;
}

function counts(frame: Frame): string {
  const active = frame.flights.filter((flight) => flight.lastIteration === undefined).length;
  const waiting = frame.arrived - frame.finished - frame.refused - active;
  const iterationMs = (frame.iterationNanos / 1e6).toFixed(2);
  const refused = frame.refused > 0 ? `, ${frame.refused} refused` : '';
  return (
    `${frame.arrived}/${frame.total} arrived, ${Math.max(0, waiting)} waiting, ${active} in flight, ` +
    `${frame.finished} finished${refused}, last iteration ${iterationMs} ms`
  );
}

function megabytes(bytes: number): string {
  return `${(bytes / 1e6).toFixed(1)} MB`;
}
