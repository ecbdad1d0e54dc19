import type { Law } from '../law.ts';
import { boundedWaiting } from './bounded-waiting.ts';
import { capacity } from './capacity.ts';
import { causality } from './causality.ts';
import { conservation } from './conservation.ts';
import { contiguousWindow } from './contiguous-window.ts';
import { determinism } from './determinism.ts';
import { exclusiveSlots } from './exclusive-slots.ts';
import { fifoAdmission } from './fifo-admission.ts';
import { kvIntegrity } from './kv-integrity.ts';
import { legality } from './legality.ts';
import { noFuture } from './no-future.ts';
import { progress } from './progress.ts';
import { purity } from './purity.ts';
import { relabelling } from './relabelling.ts';
import { tenantNames } from './tenant-names.ts';
import { timeScaling } from './time-scaling.ts';
import { workConservation } from './work-conservation.ts';

/** Every law, those on a single run first. */
export const laws: readonly Law[] = [
  legality,
  conservation,
  causality,
  capacity,
  exclusiveSlots,
  kvIntegrity,
  contiguousWindow,
  progress,
  fifoAdmission,
  boundedWaiting,
  workConservation,
  purity,
  determinism,
  noFuture,
  timeScaling,
  relabelling,
  tenantNames,
];
