import type { PackedRun } from '../data/packed-run.ts';
import { unpackRun } from '../data/packed-run.ts';
import { RunView } from './run-view.ts';
import { enableTips } from './tips.ts';

enableTips(document);
const packed = (window as { floverData?: unknown }).floverData;
if (packed !== undefined && document.getElementById('run-chart') !== null) {
  new RunView(document, unpackRun(packed as PackedRun)).start();
}
