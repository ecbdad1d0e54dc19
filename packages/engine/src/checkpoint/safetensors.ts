import { closeSync, fstatSync, openSync, readSync } from 'node:fs';
import { FloverError } from '@flover/policy';

/** One tensor of a safetensors file; `begin` and `end` are byte offsets in the file. */
export interface TensorEntry {
  readonly file: string;
  readonly name: string;
  /** As the file spells it: 'F32', 'BF16' and so on. */
  readonly dtype: string;
  readonly shape: readonly number[];
  readonly begin: number;
  readonly end: number;
}

const ELEMENT_BYTES: Readonly<Record<string, number>> = {
  BOOL: 1,
  U8: 1,
  I8: 1,
  F8_E4M3: 1,
  F8_E5M2: 1,
  U16: 2,
  I16: 2,
  F16: 2,
  BF16: 2,
  U32: 4,
  I32: 4,
  F32: 4,
  U64: 8,
  I64: 8,
  F64: 8,
};
const PREFIX_BYTES = 8;
const MAX_HEADER_BYTES = 100_000_000;
const HINT = 'fetch the file again; if it stays so, the checkpoint itself is damaged';

/**
 * Reads the header of a safetensors file and checks it against the file's length: every tensor in
 * bounds, of the size that its shape and type ask for, none overlapping, no bytes unaccounted for.
 *
 * Throws `checkpoint-corrupt`, naming the file and the tensor.
 */
export function readHeader(file: string): readonly TensorEntry[] {
  const descriptor = open(file);
  try {
    const fileBytes = fstatSync(descriptor).size;
    const headerBytes = readHeaderLength(descriptor, file, fileBytes);
    const raw = readExactly(descriptor, file, PREFIX_BYTES, headerBytes);
    const json = parseHeader(file, raw);
    const start = PREFIX_BYTES + headerBytes;
    const entries = Object.entries(json)
      .filter(([name]) => name !== '__metadata__')
      .map(([name, value]) => readEntry(file, name, value, start, fileBytes));
    checkCover(file, entries, start, fileBytes);
    return entries;
  } finally {
    closeSync(descriptor);
  }
}

/** Reads tensors one after the other, keeping the file open; the bytes are the caller's to keep. */
export function* readTensors(
  file: string,
  entries: Iterable<TensorEntry>,
): Generator<{ entry: TensorEntry; bytes: Uint8Array }> {
  const descriptor = open(file);
  try {
    for (const entry of entries) {
      const bytes = readExactly(descriptor, file, entry.begin, entry.end - entry.begin, entry.name);
      yield { entry, bytes };
    }
  } finally {
    closeSync(descriptor);
  }
}

function corrupt(file: string, what: string): FloverError {
  return new FloverError('checkpoint-corrupt', `${file}: ${what}`, HINT);
}

function open(file: string): number {
  return reading(file, () => openSync(file, 'r'));
}

/** Calls the system; what it refuses names the file. */
function reading<T>(file: string, call: () => T): T {
  try {
    return call();
  } catch (cause) {
    throw new FloverError(
      'checkpoint-missing',
      `${file} cannot be read: ${(cause as Error).message}`,
      'fetch the checkpoint again, all its files into one folder',
      cause,
    );
  }
}

function readExactly(
  descriptor: number,
  file: string,
  position: number,
  length: number,
  tensor = 'header',
): Uint8Array {
  const bytes = new Uint8Array(length);
  let done = 0;
  while (done < length) {
    // One read call is limited to 2 GiB on Linux.
    const most = Math.min(length - done, 2 ** 30);
    const count = reading(file, () => readSync(descriptor, bytes, done, most, position + done));
    if (count === 0) throw corrupt(file, `ended while reading ${tensor}: truncated`);
    done += count;
  }
  return bytes;
}

function readHeaderLength(descriptor: number, file: string, fileBytes: number): number {
  if (fileBytes < PREFIX_BYTES) {
    throw corrupt(file, `${fileBytes} bytes are too few for a safetensors file: truncated`);
  }
  const prefix = readExactly(descriptor, file, 0, PREFIX_BYTES);
  const length = new DataView(prefix.buffer).getBigUint64(0, true);
  if (length > BigInt(MAX_HEADER_BYTES)) {
    throw corrupt(
      file,
      `header length ${length} is beyond ${MAX_HEADER_BYTES}: not a safetensors file`,
    );
  }
  if (PREFIX_BYTES + Number(length) > fileBytes) {
    throw corrupt(file, `header of ${length} bytes in a file of ${fileBytes}: truncated`);
  }
  return Number(length);
}

function parseHeader(file: string, raw: Uint8Array): Record<string, unknown> {
  let json: unknown;
  try {
    json = JSON.parse(new TextDecoder('utf-8', { fatal: true }).decode(raw));
  } catch (cause) {
    throw corrupt(file, `header is not JSON: ${(cause as Error).message}`);
  }
  if (typeof json !== 'object' || json === null || Array.isArray(json)) {
    throw corrupt(file, 'header is not an object');
  }
  return json as Record<string, unknown>;
}

const isCount = (value: unknown): value is number =>
  Number.isSafeInteger(value) && (value as number) >= 0;

function readEntry(
  file: string,
  name: string,
  value: unknown,
  start: number,
  fileBytes: number,
): TensorEntry {
  const where = `tensor '${name}'`;
  const { dtype, shape, data_offsets: offsets } = (value ?? {}) as Record<string, unknown>;
  if (typeof dtype !== 'string' || !Object.hasOwn(ELEMENT_BYTES, dtype)) {
    const known = Object.keys(ELEMENT_BYTES).join(', ');
    throw corrupt(file, `${where} has type ${JSON.stringify(dtype)}; known: ${known}`);
  }
  if (!Array.isArray(shape) || !shape.every(isCount)) {
    throw corrupt(file, `${where} has shape ${JSON.stringify(shape)}`);
  }
  if (!Array.isArray(offsets) || offsets.length !== 2 || !offsets.every(isCount)) {
    throw corrupt(file, `${where} has data_offsets ${JSON.stringify(offsets)}`);
  }
  const [begin, end] = offsets as [number, number];
  const bytes = shape.reduce((product, size) => product * size, ELEMENT_BYTES[dtype]!);
  if (end - begin !== bytes) {
    throw corrupt(
      file,
      `${where} of type ${dtype} and shape [${shape}] needs ${bytes} bytes, its offsets [${offsets}] hold ${end - begin}`,
    );
  }
  if (start + end > fileBytes) {
    throw corrupt(
      file,
      `${where} ends at byte ${start + end} of a file of ${fileBytes}: truncated`,
    );
  }
  return { file, name, dtype, shape, begin: start + begin, end: start + end };
}

function checkCover(
  file: string,
  entries: readonly TensorEntry[],
  start: number,
  fileBytes: number,
): void {
  let covered = start;
  let previous = 'the header';
  for (const entry of [...entries].sort((a, b) => a.begin - b.begin || a.end - b.end)) {
    if (entry.begin < covered) {
      throw corrupt(file, `tensor '${entry.name}' overlaps ${previous} at byte ${entry.begin}`);
    }
    if (entry.begin > covered) {
      throw corrupt(
        file,
        `${entry.begin - covered} bytes before tensor '${entry.name}' belong to no tensor`,
      );
    }
    covered = entry.end;
    previous = `tensor '${entry.name}'`;
  }
  if (covered !== fileBytes) {
    throw corrupt(file, `${fileBytes - covered} bytes after ${previous} belong to no tensor`);
  }
}
