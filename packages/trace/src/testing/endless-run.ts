// A run that writes timer events for ever, for tests that kill it or give it no room.
import { FloverError } from '@flover/policy';
import { traceWriter } from '../jsonl/writer.ts';

const writer = traceWriter(process.argv[2]!, {
  kind: 'header',
  format: 'flover-trace',
  version: 1,
  world: 'simulator',
  scheduler: {},
});
try {
  for (let timeNanos = 0; ; timeNanos++) writer.event({ kind: 'timer', timeNanos });
} catch (error) {
  writer.close({ kind: 'footer', timeNanos: 0, outcome: 'failed' });
  if (!(error instanceof FloverError)) throw error;
  console.log(`${error.code}: ${error.message}`);
}
