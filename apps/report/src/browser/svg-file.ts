const NAMESPACE = 'http://www.w3.org/2000/svg';
/** What a drawing inherits is written where it changes, the rest wherever it is not the default. */
const INHERITED = [
  ...['fill', 'fill-opacity', 'stroke', 'stroke-width', 'stroke-dasharray'],
  ...['font-size', 'font-weight'],
];
const DEFAULTS: Look = {
  fill: '#000000',
  'fill-opacity': '1',
  stroke: 'none',
  'stroke-width': '1',
  'stroke-dasharray': 'none',
  'font-size': '',
  'font-weight': '400',
};
const GROUND = '#ffffff';
/** Names that every program for drawings knows. */
const FONT = 'Helvetica, Arial, sans-serif';

/** What a reader of the file is told beside the drawing. */
export interface SvgCaption {
  readonly title: string;
  readonly description: string;
}

/**
 * A drawing as a file of its own, as it looks on white paper.
 *
 * Colours and sizes become attributes, since programs for drawings know neither the page's style sheet nor
 * variables; what only serves the pointer and the keyboard is left out.
 */
export function svgFile(drawing: SVGSVGElement, { title, description }: SvgCaption): string {
  const page = drawing.ownerDocument;
  const paper = page.createElement('div');
  paper.className = 'paper';
  const copy = drawing.cloneNode(true) as SVGSVGElement;
  for (const use of copy.querySelectorAll('use')) use.replaceWith(shapeOf(use));
  paper.append(copy);
  page.body.append(paper);
  try {
    inline(copy, looksOf(copy), DEFAULTS);
  } finally {
    paper.remove();
  }
  const [, , width, height] = copy.getAttribute('viewBox')!.split(' ');
  // Its own ground, so that it is read in a dark viewer too.
  const ground = page.createElementNS(NAMESPACE, 'rect');
  for (const [name, value] of Object.entries({ width, height, fill: GROUND })) {
    ground.setAttribute(name, value!);
  }
  copy.prepend(ground);
  copy.setAttribute('width', width!);
  copy.setAttribute('height', height!);
  copy.setAttribute('font-family', FONT);
  const told = Object.entries({ title, desc: description }).map(([name, text]) => {
    const element = page.createElementNS(NAMESPACE, name);
    element.textContent = text;
    return element;
  });
  copy.prepend(...told);
  copy.setAttribute('xmlns', NAMESPACE);
  return `<?xml version="1.0" encoding="UTF-8"?>\n${new XMLSerializer().serializeToString(copy)}\n`;
}

/** The shape that is used, at its place: the file knows none of the page's shapes. */
function shapeOf(use: SVGUseElement): Element {
  const shape = use.ownerDocument.querySelector(use.getAttribute('href')!)!.cloneNode() as Element;
  shape.removeAttribute('id');
  if (use.hasAttribute('class')) shape.setAttribute('class', use.getAttribute('class')!);
  const place = ['x', 'y'].map((name) => use.getAttribute(name)).join(',');
  shape.setAttribute('transform', `translate(${place})`);
  return shape;
}

type Look = Readonly<Record<string, string>>;

/** The look of every element, read before any of them is changed: rules reach across elements. */
function looksOf(drawing: SVGSVGElement): ReadonlyMap<Element, Look> {
  const all = [drawing, ...drawing.querySelectorAll('*')];
  return new Map(
    all.map((element) => {
      const style = getComputedStyle(element);
      const names = [...INHERITED, 'opacity', 'visibility'];
      return [
        element,
        Object.fromEntries(names.map((name) => [name, plain(style.getPropertyValue(name))])),
      ];
    }),
  );
}

/** Writes looks into attributes, where they differ from what is inherited; removes what cannot be seen. */
function inline(element: Element, looks: ReadonlyMap<Element, Look>, outer: Look): void {
  const look = looks.get(element)!;
  const bare = look.fill === 'none' && look.stroke === 'none' && element.childElementCount === 0;
  if (look.visibility === 'hidden' || bare) {
    element.remove();
    return;
  }
  for (const { name } of [...element.attributes]) {
    if (/^(class|style|role|tabindex|aria-.*|data-.*)$/.test(name)) element.removeAttribute(name);
  }
  for (const name of INHERITED) {
    if (look[name] !== outer[name]) element.setAttribute(name, look[name]!);
  }
  if (look.opacity !== '1') element.setAttribute('opacity', look.opacity!);
  for (const child of [...element.children]) inline(child, looks, look);
}

/** A computed value as attributes have it: hexadecimal colours, no px, no quotes. */
function plain(value: string): string {
  const rgb = /^rgba?\((\d+), (\d+), (\d+)(?:, ([\d.]+))?\)$/.exec(value);
  if (rgb?.[4] === '0') return 'none';
  if (rgb)
    return `#${rgb
      .slice(1, 4)
      .map((part) => Number(part).toString(16).padStart(2, '0'))
      .join('')}`;
  return value
    .replace(/["']/g, '')
    .replace(/([\d.])px/g, '$1')
    .replace(/, /g, ',');
}
