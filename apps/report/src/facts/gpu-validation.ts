import type { FormattedJson, Found } from '../data/site-data.ts';

/** What a page says of a `flover-gpu-validation`: where it ran, and how each part ended. */
export interface GpuValidation {
  readonly createdAt: string;
  readonly commit: { readonly id: string };
  readonly device: string;
  readonly options?: { readonly seed?: number };
  readonly parts: Readonly<Record<string, { readonly outcome: string; readonly detail?: string }>>;
}

/** What a page says of `flover-peers`: tokens a second of the same work through this engine and others. */
export interface Peers {
  readonly own: readonly {
    readonly batch: number;
    readonly metrics: { readonly generatedTokensPerSecond: number | null };
  }[];
  readonly transformers?: { readonly rows: readonly PeerRow[] };
  /** Measured in an earlier run, on another device. */
  readonly earlier: { readonly device: string; readonly rows: readonly PeerRow[] };
}

export interface PeerRow {
  readonly way: string;
  readonly batch: number;
  /** Missing where it could not be measured. */
  readonly tokensPerSecond?: number;
}

type Documents = readonly Found<FormattedJson>[];

/** Runs of the validation, the newest first, by their time. */
export function validationsOf(documents: Documents): Found<GpuValidation>[] {
  return documents
    .filter(({ value }) => value.format === 'flover-gpu-validation' && isObject(value.parts))
    .map((found) => ({ ...found, value: found.value as unknown as GpuValidation }))
    .sort((a, b) => (a.value.createdAt < b.value.createdAt ? 1 : -1));
}

/** The newest of `validations` that ran beside its peers; not every run has that part. */
export function besidePeers(
  validations: readonly Found<GpuValidation>[],
  documents: Documents,
): { readonly validation: GpuValidation; readonly peers: Peers } | undefined {
  for (const validation of validations) {
    const peers = peersIn(validation, documents);
    if (peers) return { validation: validation.value, peers };
  }
  return undefined;
}

/** What was measured beside its peers in the same run. */
function peersIn(validation: Found<GpuValidation>, documents: Documents): Peers | undefined {
  const folder = validation.path.replace(/[^/]*$/, '');
  const found = documents.find(
    ({ path, value }) => value.format === 'flover-peers' && path.startsWith(folder),
  );
  const value = found?.value as unknown as Partial<Peers> | undefined;
  return Array.isArray(value?.own) && isObject(value.earlier) ? (value as Peers) : undefined;
}

/** Device, commit and seed in one line. */
export function gpuValidationSource({ device, commit, options }: GpuValidation): string {
  return `${device} · commit ${commit.id.slice(0, 12)} · seed ${options?.seed ?? 'not told'}`;
}

function isObject(value: unknown): boolean {
  return typeof value === 'object' && value !== null;
}
