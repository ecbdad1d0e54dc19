import { traceDigest } from './digest.ts';

const [seed, ...policies] = process.argv.slice(2);
process.stdout.write(policies.map((policy) => traceDigest(policy, Number(seed))).join('\n'));
