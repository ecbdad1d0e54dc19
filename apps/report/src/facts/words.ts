import { SATURATION_RULE } from './saturation.ts';

/** The field's words as this project uses them, in the order in which they build on each other. */
export const WORDS: readonly (readonly [word: string, meaning: string])[] = [
  [
    'request',
    'A prompt with the number of tokens that may be generated for it, and when it comes.',
  ],
  [
    'arrival process',
    'When requests come: at once, at a constant interval, Poisson, in bursts, as recorded.',
  ],
  [
    'workload',
    'What goes in: requests with arrivals and lengths, drawn from a seed or read from a file.',
  ],
  ['tenant', 'Who sent a request: a client, an application, a class of users.'],
  ['priority', 'How urgent a request is said to be: a whole number, lower is more urgent.'],
  ['trace', 'What came out: every event, decision and measured time of a run.'],
  ['iteration', 'One pass of the model over one token or more of each of some sequences.'],
  ['prefill', 'Computing the prompt; its last iteration makes the first token.'],
  ['decode', 'Computing one new token a sequence and iteration.'],
  ['lane', 'A serial execution context, such as a CUDA stream; lanes overlap.'],
  ['sequence', 'One stream of tokens of a request; samples and beams give a request several.'],
  ['row', 'One sequence’s part of one iteration. A dead row is computed and thrown away.'],
  ['slot', 'A place in KV memory for one whole sequence.'],
  [
    'active window',
    'With contiguous memory: the slots from the first to the last that is computed.',
  ],
  ['reordering', 'Moving sequences between slots, so that the active window has no holes.'],
  [
    'KV reserved, KV used',
    'Memory set aside for keys and values, and what of it is filled by tokens.',
  ],
  [
    'policy',
    'Decides what an iteration computes; it sees what a real server could see. An oracle policy also sees true output lengths, and is marked.',
  ],
  [
    'scheduler',
    'A policy with its queues and its memory: events go in, actions come out, without clock or chance.',
  ],
  [
    'temporal fusion',
    'Decode iterations of all requests in flight run as one, prefill runs beside them, and a request joins at the next iteration.',
  ],
  ['sequential', 'One request after the other.'],
  ['static batching', 'Batches of a fixed size that start together; nobody joins.'],
  ['dynamic batching', 'Batches that wait for a size or a window of time; nobody joins.'],
  ['concurrent instances', 'A lane a request over shared weights, as FasterTransformer is run.'],
  ['continuous batching', 'Iteration by iteration, prefill first, as in Orca and vLLM.'],
  ['chunked prefill', 'Iterations of both kinds with a budget of tokens, as in Sarathi.'],
  [
    'TTFT',
    'Time to first token: from arrival to the end of the iteration that made it; it carries the queueing.',
  ],
  ['ITL', 'Inter-token latency: each gap between tokens.'],
  ['TPOT', 'Time per output token: the mean gap of a request.'],
  ['E2E', 'End-to-end latency: from arrival to the last token.'],
  [
    'service',
    'What a tenant was given: prompt tokens computed, each once, and twice the tokens sampled.',
  ],
  ['backlogged', 'Of a tenant: at least one of its requests waits for admission.'],
  ['makespan', 'From the first arrival to the last end.'],
  [
    'SLO, goodput',
    'Objectives for the latencies of a request, and how many requests a second meet every one.',
  ],
  ['overlap', 'Mean active requests over all requests.'],
  [
    'decision parity',
    'A fresh scheduler, told the recorded events of a run, decides the same again, byte for byte.',
  ],
  [
    'decision divergence',
    'What it costs that the simulator decides otherwise than the engine, because its times differ.',
  ],
  [
    'cost model',
    'Predicts how long an iteration takes: roofline from data sheets, profile from measurements.',
  ],
  ['saturated', `Of a run: ${SATURATION_RULE}.`],
];

/** A word as an anchor: "KV reserved, KV used" is "word-kv-reserved-kv-used". */
export function wordAnchor(word: string): string {
  return `word-${word.toLowerCase().replace(/[^a-z0-9]+/g, '-')}`;
}
