import type { ArrivalConfig, SyntheticWorkload } from '@flover/workload';

/**
 * Conversation-like lengths: log-normal, with the medians and means of LMSYS-Chat-1M as it is cut
 * to 4,096 tokens for Vidur's experiments (arXiv 2405.05465, table 1): prompts 417 and 686 tokens,
 * outputs 139 and 197. For a log-normal mean = median x exp(sigma^2 / 2). Too long ones (beyond
 * 3,072 and 1,024 tokens) are drawn again, which leaves means of about 597 and 185.
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
