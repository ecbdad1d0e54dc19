// Runs every benchmark of the repository, or those whose path contains an argument, one after the
// other: bench/*.bench.ts of every room. Each prints its own table with the ratio to its promise.
import { spawnSync } from 'node:child_process';
import { existsSync, readdirSync } from 'node:fs';
import { dirname, join } from 'node:path';
import { fileURLToPath } from 'node:url';

const root = join(dirname(fileURLToPath(import.meta.url)), '..');
const wanted = process.argv.slice(2);
const rooms = ['packages', 'apps'].flatMap((kind) =>
  readdirSync(join(root, kind)).map((room) => join(kind, room)),
);
const benches = rooms.flatMap((room) => {
  const folder = join(root, room, 'bench');
  if (!existsSync(folder)) return [];
  const files = readdirSync(folder).filter((file) => file.endsWith('.bench.ts'));
  return files.map((file) => join(room, 'bench', file));
});
const chosen = benches.filter((file) => wanted.every((part) => file.includes(part)));
if (chosen.length === 0) {
  console.error(`no benchmark matches '${wanted.join(' ')}'; there are:\n${benches.join('\n')}`);
  process.exit(2);
}
let failed = 0;
for (const file of chosen) {
  console.log(`\n== ${file}`);
  const tsx = join(root, 'node_modules', '.bin', 'tsx');
  const { status } = spawnSync(tsx, [join(root, file)], { stdio: 'inherit' });
  if (status !== 0) failed++;
}
process.exit(failed === 0 ? 0 : 1);
