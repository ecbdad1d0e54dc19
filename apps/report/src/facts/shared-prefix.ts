/** A word after one of these belongs to it: "up to 512", "clock by the hour". */
const LEADING = new Set([
  'a',
  'and',
  'at',
  'by',
  'for',
  'in',
  'of',
  'on',
  'per',
  'the',
  'to',
  'up',
]);

/**
 * Length of what names of words (between hyphens or spaces) all begin with.
 *
 * What is left of each is a word of its own: no phrase is cut that a number begins ("10-per-second"), a
 * number keeps the word before it ("65b-8"), and words that lead on stay with what follows ("up-to-512").
 */
export function sharedPrefix(names: readonly string[]): number {
  const all = names.map((name) => name.split(/[-\s]/));
  const [first = []] = all;
  const isNumber = (word: string | undefined) => /^\d+$/.test(word ?? '');
  const least = Math.min(...all.map(({ length }) => length)) - 1;
  let count = 0;
  while (count < least && all.every((words) => words[count] === first[count])) count++;
  if (names.length < 2) count = 0;
  const phrase = first.slice(0, count).findIndex(isNumber);
  if (phrase >= 0) count = phrase;
  else if (count > 0 && all.some((words) => words.length === count + 1 && isNumber(words[count]))) {
    count--;
  }
  while (count > 0 && LEADING.has(first[count - 1]!)) count--;
  return first.slice(0, count).reduce((length, word) => length + word.length + 1, 0);
}
