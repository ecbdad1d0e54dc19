import { expect, test } from 'vitest';
import { besidePeers, validationsOf } from '../facts/gpu-validation.ts';
import { marksOf } from '../marks/mark.ts';
import { hang } from '../testing/gallery.ts';
import { peersFigure } from './peers-figure.ts';

const run = (batch: number, generatedTokensPerSecond: number | null) => ({
  batch,
  metrics: { generatedTokensPerSecond },
});
const row = (way: string, batch: number, tokensPerSecond?: number) => ({
  ...{ way, batch },
  ...(tokensPerSecond !== undefined && { tokensPerSecond }),
});
const peers = {
  own: [run(64, 4000), run(1, 100), run(8, null)],
  transformers: { rows: [row('static cache', 1, 80), row('static cache', 64)] },
  earlier: {
    device: 'another device',
    rows: [row('llama.cpp', 1, 120), row('llama.cpp', 64, 2000)],
  },
};

test('peers: a line a system over what was measured, and who is ahead', async () => {
  const { drawing, finding, table } = peersFigure(peers)!;
  expect(finding).toBe(
    'Flover generates more than the best peer at 1 of 2 sizes of batches; 2 times as much at 64 requests at once.',
  );
  expect(marksOf(drawing, 'line')).toHaveLength(3);
  expect(table.rows).toHaveLength(2 + 1 + 2);
  await hang('peers', drawing);
});

test('no figure where nobody is beside this engine', () => {
  const alone = { own: peers.own, earlier: { device: '', rows: [] } };
  expect(peersFigure(alone)).toBeUndefined();
  expect(peersFigure({ ...peers, own: [] })).toBeUndefined();
});

test('the peers of a validation are those in its folder, of the newest that has any', () => {
  const found = (path: string, value: object) =>
    ({ id: path, path, experiment: 'x', value: value as never }) as const;
  const validation = (createdAt: string) => ({
    ...{ format: 'flover-gpu-validation', createdAt, device: 'A GPU' },
    ...{ commit: { id: createdAt }, parts: {} },
  });
  const documents = [
    found('r/b/manifest.json', validation('2026-01-02')),
    found('r/a/manifest.json', validation('2026-01-01')),
    found('r/a/peers/peers.json', { format: 'flover-peers', ...peers, own: [] }),
    found('r/b/peers/peers.json', { format: 'flover-peers', ...peers }),
  ];
  const validations = validationsOf(documents);
  expect(validations.map(({ path }) => path)).toEqual(['r/b/manifest.json', 'r/a/manifest.json']);
  const both = besidePeers(validations, documents)!;
  expect([both.validation.commit.id, both.peers.own.length]).toEqual(['2026-01-02', 3]);
  const older = besidePeers(validations, documents.slice(0, 3))!;
  expect([older.validation.commit.id, older.peers.own.length]).toEqual(['2026-01-01', 0]);
  expect(besidePeers(validations, documents.slice(0, 2))).toBeUndefined();
});
