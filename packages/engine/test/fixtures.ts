import { cpSync, mkdtempSync, readFileSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { fileURLToPath } from 'node:url';
import { afterAll } from 'vitest';

const root = fileURLToPath(new URL('../fixtures/', import.meta.url));

/** A committed checkpoint folder. */
export function fixture(name: string): string {
  return join(root, name);
}

/** Names of all committed checkpoints. */
export const fixtureNames = [
  'llama-mha',
  'llama-gqa-tied-llama3',
  'llama-bias-linear-bf16',
  'gptj',
  'gptj-f16',
] as const;

/** Parses a JSON file of a committed checkpoint. */
export function fixtureJson<T>(name: string, file: string): T {
  return JSON.parse(readFileSync(join(root, name, file), 'utf8')) as T;
}

/** A copy of a committed checkpoint that a test may damage; removed after the test file. */
export function copyOf(name: string): string {
  const folder = temporaryFolder();
  cpSync(fixture(name), folder, { recursive: true });
  return folder;
}

/** An empty folder; removed after the test file. */
export function temporaryFolder(): string {
  const folder = mkdtempSync(join(tmpdir(), 'flover-'));
  afterAll(() => rmSync(folder, { recursive: true, force: true }));
  return folder;
}
