// What one request costs when it is taken, CPU time: the simulator's whole budget is 13.3 us a request.
import { createSource, type SyntheticWorkload } from '../src/index.ts';

const requests = 1_000_000;
const promisedNanos = 1000;
const conversation: SyntheticWorkload = {
  kind: 'synthetic',
  requests,
  arrivals: { kind: 'poisson', requestsPerSecond: 100 },
  prompt: { kind: 'log-normal', medianTokens: 300, sigma: 1, maxTokens: 2048 },
  output: { kind: 'log-normal', medianTokens: 150, sigma: 0.8, maxTokens: 1024 },
};
const uniform = { kind: 'uniform', minTokens: 1, maxTokens: 512 } as const;
const workloads: Record<string, SyntheticWorkload> = {
  'poisson, log-normal': conversation,
  'gamma, log-normal': {
    ...conversation,
    arrivals: { kind: 'gamma', requestsPerSecond: 100, coefficientOfVariation: 2 },
  },
  'constant, uniform': {
    ...conversation,
    arrivals: { kind: 'constant', intervalMs: 10 },
    prompt: uniform,
    output: uniform,
  },
};

for (const [name, config] of Object.entries(workloads)) {
  let bestNanos = Number.POSITIVE_INFINITY;
  for (let round = 0; round < 3; round++) {
    const source = createSource(config, { seed: 1, replication: round });
    const before = process.cpuUsage();
    while (source.peekNanos() !== undefined) source.take();
    const { user, system } = process.cpuUsage(before);
    bestNanos = Math.min(bestNanos, ((user + system) * 1000) / requests);
  }
  const ratio = (bestNanos / promisedNanos).toFixed(2);
  console.log(`${name}: ${bestNanos.toFixed(0)} ns a request, ${ratio} of ${promisedNanos} ns`);
  if (bestNanos > promisedNanos) process.exitCode = 1;
}
