import { lockFolder } from '../../src/sweep/folder-lock.ts';

/** Tries to take folder after folder, each at its time, and says which it got. */
const [startMs, everyMs, ...folders] = process.argv.slice(2);
const taken = folders.filter((folder, i) => {
  while (Date.now() < Number(startMs) + i * Number(everyMs));
  try {
    lockFolder(folder);
    return true;
  } catch {
    return false;
  }
});
process.stdout.write(`${taken.join('\n')}\n`, () => {
  // Who holds a folder lives until all have tried.
  process.stdin.resume();
});
