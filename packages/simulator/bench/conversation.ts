import type { ArrivalConfig, SyntheticWorkload } from '@flover/workload';

/**
 * Conversation-like lengths: log-normal, with the medians and means that Vidur (arXiv 2405.05465)
 * lists for its LMSYS-Chat-1M-4K workload: prompts 417 and 686 tokens, outputs 139 and 197. For a
 * log-normal mean = median x exp(sigma^2 / 2), which gives sigma. Too long ones (beyond 3,072 and
 * 1,024 tokens) are drawn again, which leaves means of about 590 and 187. The real lengths have
 * longer tails: 90th percentiles of 1,678 and 484 tokens, where these have about 1,340 and 390.
 */
export function conversations(requests: number, arrivals: ArrivalConfig): SyntheticWorkload {
  return {
    kind: 'synthetic',
    requests,
    arrivals,
    prompt: { kind: 'log-normal', medianTokens: 417, sigma: 0.9977, maxTokens: 3072 },
    output: { kind: 'log-normal', medianTokens: 139, sigma: 0.8351, maxTokens: 1024 },
  };
}
