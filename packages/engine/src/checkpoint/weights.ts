import { existsSync, readFileSync } from 'node:fs';
import { join } from 'node:path';
import { FloverError } from '@flover/policy';
import { readHeader, readTensors, type TensorEntry } from './safetensors.ts';

/** The tensors of a checkpoint folder by name; one file or shards joined by an index. */
export type Weights = ReadonlyMap<string, TensorEntry>;

const SINGLE = 'model.safetensors';
const INDEX = 'model.safetensors.index.json';

/** Reads the headers of all safetensors files of a checkpoint folder; no tensor is read yet. */
export function openWeights(folder: string): Weights {
  if (existsSync(join(folder, INDEX))) return openShards(folder);
  if (existsSync(join(folder, SINGLE))) {
    return new Map(readHeader(join(folder, SINGLE)).map((entry) => [entry.name, entry]));
  }
  throw new FloverError(
    'checkpoint-missing',
    `${folder} has neither ${SINGLE} nor ${INDEX}`,
    existsSync(join(folder, 'pytorch_model.bin'))
      ? 'convert pytorch_model.bin: load it with transformers and save_pretrained(safe_serialization=True)'
      : 'give the folder of a Hugging Face checkpoint',
  );
}

/** Reads the named tensors in file order, one at a time. */
export function* streamTensors(
  weights: Weights,
  names: Iterable<string>,
): Generator<{ entry: TensorEntry; bytes: Uint8Array }> {
  const byFile = new Map<string, TensorEntry[]>();
  for (const name of names) {
    const entry = weights.get(name);
    if (entry === undefined) throw new FloverError('checkpoint-corrupt', `no tensor '${name}'`);
    const list = byFile.get(entry.file) ?? [];
    byFile.set(entry.file, list);
    list.push(entry);
  }
  for (const [file, entries] of byFile) {
    yield* readTensors(
      file,
      entries.sort((a, b) => a.begin - b.begin),
    );
  }
}

function openShards(folder: string): Weights {
  const index = join(folder, INDEX);
  const map = readWeightMap(index);
  const shards = new Map<string, ReadonlyMap<string, TensorEntry>>();
  for (const shard of new Set(Object.values(map))) {
    const entries = readHeader(join(folder, shard));
    shards.set(shard, new Map(entries.map((entry) => [entry.name, entry])));
  }
  const weights = new Map<string, TensorEntry>();
  for (const [name, shard] of Object.entries(map)) {
    const entry = shards.get(shard)!.get(name);
    if (entry === undefined) {
      throw new FloverError(
        'checkpoint-corrupt',
        `${index} puts tensor '${name}' into ${shard}, which does not hold it`,
        'fetch the checkpoint again',
      );
    }
    weights.set(name, entry);
  }
  return weights;
}

function readWeightMap(index: string): Readonly<Record<string, string>> {
  const corrupt = (what: string) =>
    new FloverError('checkpoint-corrupt', `${index}: ${what}`, 'fetch the checkpoint again');
  let json: { readonly weight_map?: unknown } | null;
  try {
    json = JSON.parse(readFileSync(index, 'utf8')) as typeof json;
  } catch (cause) {
    throw corrupt(`not JSON: ${(cause as Error).message}`);
  }
  const map = json?.weight_map;
  if (typeof map !== 'object' || map === null || Array.isArray(map)) {
    throw corrupt(`'weight_map' is ${kindOf(map)}; allowed: an object from tensors to files`);
  }
  for (const [name, shard] of Object.entries(map)) {
    if (typeof shard === 'string' && /^[^/\0]+\.safetensors$/.test(shard)) continue;
    const seen = JSON.stringify(shard);
    throw corrupt(
      `'weight_map' puts tensor '${name}' into ${seen}; allowed: .safetensors files beside it`,
    );
  }
  return map as Record<string, string>;
}

function kindOf(value: unknown): string {
  if (value === undefined) return 'missing';
  return value === null ? 'null' : Array.isArray(value) ? 'a list' : `a ${typeof value}`;
}
