/** 1,000 cells of 1,000 requests: two policies at five loads with 100 seeds. */
export const CELLS = 1000;
export const REQUESTS = 1000;

/** Conversation-like lengths, as in the simulator's own benchmark. */
export const SWEEP_FILE = `name: thousand-cells
model: { shape: llama-3-8b, dataType: bf16 }
costModel: { kind: roofline, device: h100-sxm }
limits: { maxSequences: 64, maxSequenceTokens: 4096 }
policies: [temporal-fusion, chunked-prefill]
workload:
  kind: synthetic
  requests: ${REQUESTS}
  arrivals: { kind: closed-loop, concurrency: 64, thinkTimeMs: 0 }
  prompt: { kind: log-normal, medianTokens: 417, sigma: 0.9977, maxTokens: 3072 }
  output: { kind: log-normal, medianTokens: 139, sigma: 0.8351, maxTokens: 1024 }
seeds: 1..${CELLS / 10}
sweep:
  workload.arrivals.concurrency: [4, 16, 32, 48, 64]
`;
