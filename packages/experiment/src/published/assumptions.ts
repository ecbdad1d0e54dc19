/** What had to be assumed about the published runs, and where their numbers contradict each other. */
export const assumptions: readonly string[] = [
  'The GPU is not named. Its data sheet is taken to be that of an A100 80GB: the code is built for ' +
    'SM 80, and 32 slots of LLaMA-33B do not fit two devices of 40 GB.',
  'One number is fitted for each model, to the time of one request alone (figure 4a, first ' +
    'column): the time of an iteration beside its bytes and operations. It holds launches, ' +
    'collectives and the host.',
  'LLaMA runs without prefill and 65B with a feed-forward width of 11,008, as the published code has them.',
  'Without reordering every request runs to the longest length, as the comment in the published ' +
    'configuration file says.',
  'Figure 8 and the comparison with TensorRT-LLM do not name their model; GPT-J stands for it, ' +
    'whose time alone comes nearest (5.6 s; figure 8 itself says 5.8 s).',
  "In figure 8 overlap x iterations is a request's length: 476 to 551 tokens by the printed numbers, " +
    'where 512 were asked for. No prediction can meet both numbers of such a column exactly.',
  'Each column of figure 8, and each random length, is one draw that was not published. The ' +
    'predicted value is a mean over seeds, the interval holds 95 % of single draws.',
  "What FasterTransformer's instances do to each other is not known; two baselines bound it: one " +
    'request after the other, and as many lanes as requests that share bandwidth and nothing else.',
];
