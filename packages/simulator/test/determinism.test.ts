import { execFileSync } from 'node:child_process';
import { fileURLToPath } from 'node:url';
import { expect, test } from 'vitest';
import { traceDigest } from './support/digest.ts';

const main = fileURLToPath(new URL('./support/digest-main.ts', import.meta.url));

test.each(['temporal-fusion', 'chunked-prefill', 'continuous-batching'])(
  'the trace of %s is the same bytes again and in another process',
  (policy) => {
    const here = traceDigest(policy, 5);
    expect(traceDigest(policy, 5)).toBe(here);
    expect(traceDigest(policy, 6)).not.toBe(here);
    const there = execFileSync(process.execPath, ['--import', 'tsx', main, policy, '5']);
    expect(there.toString()).toBe(here);
  },
);
