// All folders that tests make lie in one, which goes when they have ended.
import { mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';

export default function makeTestFolder() {
  const folder = mkdtempSync(join(tmpdir(), 'flover-tests-'));
  process.env.TMPDIR = folder;
  return () => rmSync(folder, { recursive: true, force: true });
}
