import { createScheduler, type SchedulerEvent } from '@flover/policy';
import type { TraceRecord } from '@flover/trace';
import { branchesOf, rareBranches } from './branches.ts';
import type { Extent } from './extent.ts';
import { EnginePool } from './pool.ts';
import { type Cases, checkProperty } from './property.ts';
import type { CheckResult } from './result.ts';
import { serve } from './serve.ts';
import { nameOf, type TestModel, type ValidationTarget } from './target.ts';
import { type World, worldArbitrary } from './worlds.ts';

/** The recorded events of a real run, fed to a fresh scheduler, give the same actions byte for byte. */
export function checkParity(
  target: ValidationTarget,
  subject: TestModel,
  extent: Extent,
  cases: Cases,
): CheckResult {
  const pool = new EnginePool(target, subject);
  const { signal } = target;
  try {
    return checkProperty<World>({
      check: 'parity',
      subject: `${nameOf(subject)}, ${extent.name}`,
      claim: 'a real run replays identically',
      ...cases,
      ...(signal ? { signal } : {}),
      worlds: worldArbitrary(extent, true),
      branches: [...rareBranches, 'cancels'],
      wrong(world, note) {
        const { config, requests } = world;
        const { sink } = pool.use(config, 2, (engine) => serve(engine, config, requests, signal));
        note(branchesOf(config, sink.records));
        if (sink.records.some((r) => r.kind === 'event' && r.event.kind === 'cancel')) {
          note(['cancels']);
        }
        return replayDifference(world, sink.records);
      },
    });
  } finally {
    pool.close();
  }
}

/** The first action that differs when the events of a trace are fed to a fresh scheduler. */
export function replayDifference(
  world: World,
  records: readonly TraceRecord[],
): string | undefined {
  const scheduler = createScheduler(world.config);
  const recorded = records.flatMap((r) => (r.kind === 'action' ? [JSON.stringify(r.action)] : []));
  let at = 0;
  for (const record of records) {
    if (record.kind !== 'event') continue;
    // Through JSON, as a trace file would carry it.
    const event = JSON.parse(JSON.stringify(record.event)) as SchedulerEvent;
    for (const action of scheduler.step(event)) {
      const replayed = JSON.stringify(action);
      if (replayed !== recorded[at]) {
        return `action ${at} was ${recorded[at]}, replayed it is ${replayed}`;
      }
      at += 1;
    }
  }
  if (at === recorded.length) return undefined;
  return `${recorded.length} actions were recorded, ${at} replayed`;
}
