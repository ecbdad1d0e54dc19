/** Stands for a word in a template, and before every word that takes such a place. */
const PLACE = '|';
/** Fewer tips than this are shorter as they are. */
const LEAST = 3;

/** Tips of neighbours: the words that they share once, and of each tip the others. */
export interface SharedTips {
  /** One a line; undefined where no tips share words. */
  readonly templates?: string;
  /** In the order of the tips; whole where a tip has no template. */
  readonly tips: readonly string[];
}

/** Says what many tips of as many words share once; `wholeTip` gives every tip back as it was. */
export function shareTips(tips: readonly string[]): SharedTips {
  // Such a tip would be read as a shortened one.
  if (tips.some((tip) => /[|\n]/.test(tip))) return { tips };
  const byLength = new Map<number, number[]>();
  tips.forEach((tip, i) => {
    const words = tip.split(' ').length;
    byLength.set(words, [...(byLength.get(words) ?? []), i]);
  });
  const templates: string[] = [];
  const short = [...tips];
  for (const own of byLength.values()) {
    if (own.length < LEAST) continue;
    const all = own.map((i) => tips[i]!.split(' '));
    const isShared = all[0]!.map((word, at) => all.every((words) => words[at] === word));
    if (!isShared.includes(true)) continue;
    own.forEach((i, nth) => {
      const others = all[nth]!.filter((_, at) => !isShared[at]);
      short[i] = `${PLACE}${[templates.length, ...others].join(PLACE)}`;
    });
    templates.push(all[0]!.map((word, at) => (isShared[at] ? word : PLACE)).join(' '));
  }
  return templates.length === 0 ? { tips } : { templates: templates.join('\n'), tips: short };
}

/** A tip as it was before `shareTips`. */
export function wholeTip(tip: string, templates: string | null): string {
  if (templates === null || !tip.startsWith(PLACE)) return tip;
  const [, index, ...words] = tip.split(PLACE);
  const template = templates.split('\n')[Number(index)]!.split(' ');
  return template.map((word) => (word === PLACE ? words.shift() : word)).join(' ');
}
