import { type PackedRun, unpackRun } from '../data/packed-run.ts';
import { enableDownloads } from './downloads.ts';
import { rovingFocus } from './roving-focus.ts';
import { RunView } from './run-view.ts';
import { enableTips } from './tips.ts';

enableTips(document);
enableDownloads(document);
// The chart of a run is drawn again and again, and looks after its marks itself.
for (const drawing of document.querySelectorAll<HTMLElement>('.drawing:not(:has(#run-chart))')) {
  // A picture has no parts; a group may hold marks that can be reached.
  for (const chart of drawing.querySelectorAll('svg[role=img]'))
    chart.setAttribute('role', 'group');
  rovingFocus(drawing, '[data-tip]');
}
const packed = (window as { floverData?: unknown }).floverData;
if (packed !== undefined && document.getElementById('run-chart') !== null) {
  new RunView(document, unpackRun(packed as PackedRun)).start();
}
