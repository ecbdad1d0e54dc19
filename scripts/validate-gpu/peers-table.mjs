// Who wins where: pure functions from what was measured to text.

/**
 * Weight products of the benchmark's output, for each number of tokens those of the kernel whose whole
 * iteration was the shortest, since an engine takes one kernel for all shapes.
 */
export function ownProducts(text) {
  const best = new Map();
  const shapes = new Map();
  for (const line of text.split('\n')) {
    const kernel = line.match(/^(tiles|fragments) .*?(?= {2,}|\s+\S+, down)/)?.[0].trim();
    if (!kernel) continue;
    const tile = Number(kernel.match(/^\w+ (\d+)/)[1]) * (kernel.startsWith('fragments') ? 8 : 1);
    const tokens = tile >= 128 ? 512 : tile;
    const whole = line.match(/: +([\d.]+) ms,/);
    if (whole) {
      const row = { kernel, tokens, product: 'all', micros: Number(whole[1]) * 1e3 };
      if (!(best.get(tokens)?.micros <= row.micros)) best.set(tokens, row);
      continue;
    }
    const each = [...line.matchAll(/(\d+)x(\d+) +([\d.]+) us/g)].map(([, rows, k, micros]) => ({
      kernel,
      tokens,
      product: `${rows}x${k}`,
      micros: Number(micros),
    }));
    shapes.set(kernel, each);
  }
  return [...best.values()].flatMap((row) => [row, ...(shapes.get(row.kernel) ?? [])]);
}

export function peersTable({ own, products, cublas, transformers, earlier }) {
  const parts = ['# Who wins where', endToEnd(own, transformers, earlier), steady(own)];
  if (transformers) parts.push(howMeasured(transformers, earlier));
  if (cublas) parts.push(productsTable(products, cublas));
  return `${parts.filter(Boolean).join('\n\n')}\n`;
}

function markdown(heads, rows) {
  const lines = [heads, heads.map(() => '---'), ...rows];
  return lines.map((cells) => `| ${cells.join(' | ')} |`).join('\n');
}

const whole = (value) => (value === undefined ? '–' : value.toFixed(0));

function endToEnd(own, transformers, earlier) {
  const peers = [...(transformers?.rows ?? []), ...earlier.rows].filter((r) => r.tokensPerSecond);
  const ways = [...new Set(peers.map(({ way }) => way))];
  const batches = [...new Set([...own, ...peers].map(({ batch }) => batch))].sort((a, b) => a - b);
  const rows = batches.map((batch) => {
    const ours = own.find((row) => row.batch === batch)?.metrics.generatedTokensPerSecond;
    const theirs = ways.map(
      (way) => peers.find((row) => row.way === way && row.batch === batch)?.tokensPerSecond,
    );
    const most = Math.max(...theirs.filter(Boolean));
    const verdict =
      ours === undefined || !Number.isFinite(most)
        ? '–'
        : `${ours > most ? 'Flover' : ways[theirs.indexOf(most)]}, ${(ours / most).toFixed(2)} of the best peer`;
    return [batch, whole(ours), ...theirs.map(whole), verdict];
  });
  const heads = ['requests at once', 'Flover', ...ways, 'who wins'];
  return `## LLaMA-13B fp16, generated tokens a second\n\n${markdown(heads, rows)}`;
}

function steady(own) {
  const digits = ({ p50, p99 }, d) => `${p50.toFixed(d)} / ${p99.toFixed(d)}`;
  const rows = own.map((row) => [
    row.batch,
    row.steadyIterations,
    digits(row.iterationMs, 2),
    digits(row.gapMicros, 1),
    digits(row.planMicros, 1),
    digits(row.launchMicros, 1),
    digits(row.takeMicros, 1),
    digits(row.hostMicros, 1),
  ]);
  const heads = ['rows', 'iterations', 'device ms', 'gap us', 'plan us', 'launch us', 'take us'];
  const title = "## Flover's steady state, p50 / p99";
  return `${title}\n\n${markdown([...heads, 'policy and binding us'], rows)}`;
}

function howMeasured({ transformers, torch, device, newTokens, cacheTokens, rows }, earlier) {
  const missing = rows.filter((row) => row.notMeasured);
  const lines = [
    `Flover: prompts of 8 tokens, 504 new ones, from the first arrival to the last end, with policy and trace. transformers ${transformers}, torch ${torch}, ${device}: ${newTokens} new tokens timed warm; its static cache computes ${cacheTokens} positions for every token; continuous batching from when all requests decode to the last token, without its setting up. llama.cpp: ${earlier.device}, not in this run.`,
    ...missing.map(
      ({ way, batch, notMeasured }) => `Not measured: ${way}, ${batch}: ${notMeasured}`,
    ),
  ];
  return lines.join('\n\n');
}

function productsTable(products, cublas) {
  const rows = cublas.rows.flatMap(({ product, tokens, micros }) => {
    const ours = products.find((p) => p.product === product && p.tokens === Math.max(8, tokens));
    if (!ours) return [];
    const ratio = micros / ours.micros;
    const verdict = ratio >= 1 ? 'Flover' : 'cuBLAS';
    const cells = [ours.micros.toFixed(1), micros.toFixed(1), ratio.toFixed(2), verdict];
    return [[product === 'all' ? 'all of an iteration' : product, tokens, ...cells, ours.kernel]];
  });
  const heads = [
    'weights',
    'tokens',
    'Flover us',
    'cuBLAS us',
    'times faster',
    'who wins',
    'kernel',
  ];
  return `## Weight products, fp16 (torch ${cublas.torch})\n\n${markdown(heads, rows)}`;
}
