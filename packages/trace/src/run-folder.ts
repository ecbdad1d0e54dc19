import { existsSync, readFileSync, renameSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { FloverError } from '@flover/policy';
import { isRecord } from '@flover/workload';
import { z } from 'zod';
import { makeFolder } from './make-folder.ts';
import { type Manifest, manifestSchema } from './manifest.ts';

/** Where the files of one run stand. */
export interface RunFolder {
  readonly folder: string;
  /** What was run, where and how. */
  readonly manifestPath: string;
  /** What happened. */
  readonly tracePath: string;
  /** The workload as it was run. */
  readonly requestsPath: string;
  /** What it means; made from the trace. */
  readonly metricsPath: string;
}

/** The layout of a run folder; touches no disk. */
export function runFolderPaths(folder: string): RunFolder {
  return {
    folder,
    manifestPath: join(folder, 'manifest.json'),
    tracePath: join(folder, 'trace.jsonl'),
    requestsPath: join(folder, 'requests.jsonl'),
    metricsPath: join(folder, 'metrics.json'),
  };
}

/**
 * Makes the folder, and its parents, and writes the manifest.
 *
 * Throws FloverError 'run-folder-exists' when a run is in it already, 'run-folder-unwritable', or
 * 'manifest-invalid' naming the field.
 */
export function createRunFolder(folder: string, manifest: Manifest): RunFolder {
  const paths = runFolderPaths(folder);
  if (existsSync(paths.manifestPath)) {
    throw new FloverError(
      'run-folder-exists',
      `${folder} already holds a run`,
      'choose another folder, or remove this one',
    );
  }
  const checked = checkManifest(manifest, 'the manifest');
  try {
    makeFolder(folder);
  } catch (cause) {
    throw unwritable(folder, cause);
  }
  writeJson(paths.manifestPath, checked);
  return paths;
}

/**
 * Opens a folder that a run left.
 *
 * Throws FloverError 'run-folder-missing', 'manifest-version', 'manifest-invalid' naming the field, or
 * 'trace-missing'.
 */
export function openRunFolder(folder: string): RunFolder & { readonly manifest: Manifest } {
  const paths = runFolderPaths(folder);
  let text: string;
  try {
    text = readFileSync(paths.manifestPath, 'utf8');
  } catch (cause) {
    throw new FloverError(
      'run-folder-missing',
      `${folder} is no run folder: ${paths.manifestPath} cannot be read`,
      'give the folder that holds manifest.json and trace.jsonl',
      cause,
    );
  }
  const value = parseJson(text, paths.manifestPath);
  checkVersion(value, paths.manifestPath);
  const manifest = checkManifest(value, paths.manifestPath);
  if (!existsSync(paths.tracePath)) {
    throw new FloverError(
      'trace-missing',
      `${folder} has a manifest, but no trace.jsonl`,
      'the run ended before it began to write; run it again',
    );
  }
  return { ...paths, manifest };
}

/** Writes a JSON file whole or not at all: a killed run leaves the old one. */
export function writeJson(path: string, value: unknown): void {
  const partial = `${path}.partial`;
  try {
    writeFileSync(partial, `${JSON.stringify(value, null, 2)}\n`);
    renameSync(partial, path);
  } catch (cause) {
    throw unwritable(path, cause);
  }
}

function parseJson(text: string, path: string): unknown {
  try {
    return JSON.parse(text);
  } catch (cause) {
    const message = `${path} is not JSON: ${(cause as Error).message}`;
    throw new FloverError('manifest-invalid', message, 'the run is damaged; run it again', cause);
  }
}

/** A version that is not ours is named before the schema complains of its fields. */
function checkVersion(value: unknown, path: string): void {
  if (!isRecord(value) || value.format !== 'flover-run' || value.version === 1) return;
  throw new FloverError(
    'manifest-version',
    `${path} is of format version ${JSON.stringify(value.version)}; this program reads version 1`,
    'read it with the program that wrote it, or run again',
  );
}

function checkManifest(value: unknown, what: string): Manifest {
  const parsed = manifestSchema.safeParse(value);
  if (parsed.success) return parsed.data;
  throw new FloverError(
    'manifest-invalid',
    `${what} does not fit: ${z.prettifyError(parsed.error)}`,
    'docs/trace-format.md lists the fields',
  );
}

function unwritable(path: string, cause: unknown): FloverError {
  return new FloverError(
    'run-folder-unwritable',
    `cannot write ${path}: ${cause instanceof Error ? cause.message : cause}`,
    'choose a folder that may be written to, with space on its disk',
    cause,
  );
}
