/** An element of a page or a chart: plain data, so that charts need no browser to be drawn. */
export interface Mark {
  readonly tag: string;
  readonly attributes: Readonly<Record<string, string | number>>;
  readonly children: readonly (Mark | string)[];
}

type Attributes = Readonly<Record<string, string | number | undefined>>;
export type Child = Mark | string | number | null | undefined | readonly Child[];

/** Makes an element; attributes that are undefined and children that are null are left out. */
export function h(tag: string, attributes: Attributes = {}, ...children: Child[]): Mark {
  const kept: Record<string, string | number> = {};
  for (const [name, value] of Object.entries(attributes)) {
    if (value !== undefined) kept[name] = typeof value === 'number' ? rounded(value) : value;
  }
  return { tag, attributes: kept, children: flat(children) };
}

/** Hundredths of a pixel are enough, and keep pages small. */
function rounded(value: number): number {
  return Math.round(value * 100) / 100;
}

function flat(children: readonly Child[]): (Mark | string)[] {
  const list: (Mark | string)[] = [];
  for (const child of children) {
    if (child === null || child === undefined) continue;
    if (typeof child === 'string') list.push(child);
    else if (typeof child === 'number') list.push(String(child));
    else if (isList(child)) list.push(...flat(child));
    else list.push(child);
  }
  return list;
}

function isList(child: Mark | readonly Child[]): child is readonly Child[] {
  return Array.isArray(child);
}

/** All marks below `mark`, itself included, that carry the class. */
export function marksOf(mark: Mark, className: string): Mark[] {
  const found = String(mark.attributes.class ?? '')
    .split(' ')
    .includes(className)
    ? [mark]
    : [];
  return [
    ...found,
    ...mark.children.flatMap((c) => (typeof c === 'string' ? [] : marksOf(c, className))),
  ];
}
