import { h, type Mark } from './mark.ts';
import { shareTips } from './shared-tips.ts';

type Child = Mark | string;

/**
 * What a page shows, in fewer characters: points of one shape use one drawing of it, neighbours of
 * one look stand in a group that has it, and words that tips of neighbours share are said once.
 */
export function compact(root: Mark): { readonly root: Mark; readonly shapes: Mark | null } {
  const shapes = new Map<string, string>();
  const small = compacted(root, shapes);
  if (shapes.size === 0) return { root: small, shapes: null };
  const drawn = [...shapes].map(([d, id]) => h('path', { id, d }));
  const defs = h('defs', {}, drawn);
  return { root: small, shapes: h('svg', { class: 'shapes', 'aria-hidden': 'true' }, defs) };
}

function compacted(mark: Mark, shapes: Map<string, string>): Mark {
  const children = grouped(
    mark.children.map((child) => {
      if (typeof child === 'string') return child;
      return isPoint(child) ? used(child, shapes) : compacted(child, shapes);
    }),
  );
  return withSharedTips({ ...mark, children });
}

function isPoint({ tag, attributes }: Mark): boolean {
  return tag === 'path' && /^point /.test(String(attributes.class)) && 'transform' in attributes;
}

/** The point as a use of its shape. */
function used({ attributes }: Mark, shapes: Map<string, string>): Mark {
  const { d, transform, class: look, 'data-tip': tip } = attributes;
  const shape = String(d);
  if (!shapes.has(shape)) shapes.set(shape, `s${shapes.size}`);
  const [x, y] = /\((.*),(.*)\)/.exec(String(transform))!.slice(1).map(Number);
  return h('use', { class: look, href: `#${shapes.get(shape)}`, x, y, 'data-tip': tip });
}

/** Points of one look that follow each other stand in a group that has it. */
function grouped(children: readonly Child[]): Child[] {
  const result: Child[] = [];
  for (let from = 0; from < children.length; ) {
    const look = lookOf(children[from]);
    let to = from + 1;
    while (look !== undefined && lookOf(children[to]) === look) to++;
    const run = children.slice(from, to);
    result.push(...(run.length === 1 ? run : [group(look!, run as Mark[])]));
    from = to;
  }
  return result;
}

function lookOf(child: Child | undefined): string | undefined {
  if (child === undefined || typeof child === 'string' || child.tag !== 'use') return undefined;
  return String(child.attributes.class);
}

function group(look: string, points: readonly Mark[]): Mark {
  const bare = points.map(({ attributes: { class: _, ...others } }) => h('use', others));
  return withSharedTips(h('g', { class: look }, bare));
}

/** The words that tips of the children share stand with their parent. */
function withSharedTips(parent: Mark): Mark {
  const tipOf = (child: Child) =>
    typeof child === 'string' ? undefined : child.attributes['data-tip'];
  const told = parent.children.flatMap((child) => tipOf(child) ?? []);
  const { templates, tips } = shareTips(told.map(String));
  if (templates === undefined) return parent;
  const left = [...tips];
  const children = parent.children.map((child) => {
    if (typeof child === 'string' || tipOf(child) === undefined) return child;
    return { ...child, attributes: { ...child.attributes, 'data-tip': left.shift()! } };
  });
  return { ...parent, attributes: { ...parent.attributes, 'data-tips': templates }, children };
}
