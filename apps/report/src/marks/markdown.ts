import { type MarkedToken, marked, type Token } from 'marked';
import { type Child, h } from './mark.ts';

/** A part of a text: its heading of the second level, null before the first, and what follows. */
export interface TextPart {
  readonly heading: string | null;
  readonly content: readonly Child[];
}

/**
 * A text in Markdown as marks, cut at its headings of the second level; its title is left out.
 *
 * HTML stands as the text that it is, and links that lead into the repository are plain text: a page
 * has only links that it can keep.
 */
export function markdownParts(text: string): TextPart[] {
  const parts: { heading: string | null; content: Child[] }[] = [{ heading: null, content: [] }];
  for (const token of marked.lexer(text) as MarkedToken[]) {
    if (token.type === 'heading' && token.depth === 1) continue;
    if (token.type === 'heading' && token.depth === 2) {
      parts.push({ heading: token.text, content: [] });
    } else parts.at(-1)!.content.push(block(token));
  }
  return parts.filter(({ heading, content }) => heading !== null || content.some(Boolean));
}

function block(token: MarkedToken): Child {
  switch (token.type) {
    case 'heading':
      return h(`h${Math.min(6, token.depth)}`, {}, inline(token.tokens));
    case 'paragraph':
      return h('p', {}, inline(token.tokens));
    case 'list':
      return h(
        token.ordered ? 'ol' : 'ul',
        {},
        token.items.map((item) =>
          h(
            'li',
            {},
            item.tokens.map((t) => blockOrText(t)),
          ),
        ),
      );
    case 'code':
      return h('pre', {}, h('code', {}, codeLines(token.text)));
    case 'blockquote':
      return h(
        'blockquote',
        {},
        token.tokens.map((t) => blockOrText(t)),
      );
    case 'table':
      return table(token);
    case 'hr':
      return h('hr');
    case 'space':
    case 'def':
      return null;
    default:
      return blockOrText(token);
  }
}

/** Lines that wrap go on further in, so that each begins where it is seen. */
function codeLines(text: string): Child[] {
  return text.split('\n').map((line) => h('span', { class: 'code-line' }, `${line}\n`));
}

/** Items of a tight list hold text without a paragraph. */
function blockOrText(token: Token): Child {
  const known = token as MarkedToken;
  if (known.type === 'text') return known.tokens ? inline(known.tokens) : known.text;
  if (['html', 'escape', 'checkbox'].includes(known.type)) return token.raw;
  return block(known);
}

function table(token: Extract<MarkedToken, { type: 'table' }>): Child {
  const cell = (tag: 'th' | 'td', { tokens, align }: (typeof token.header)[number]) =>
    h(
      tag,
      { scope: tag === 'th' ? 'col' : undefined, class: align === 'right' ? 'number' : undefined },
      inline(tokens),
    );
  return h(
    'div',
    { class: 'scroll', tabindex: 0, role: 'region', 'aria-label': 'Table' },
    h(
      'table',
      {},
      h(
        'thead',
        {},
        h(
          'tr',
          {},
          token.header.map((head) => cell('th', head)),
        ),
      ),
      h(
        'tbody',
        {},
        token.rows.map((row) =>
          h(
            'tr',
            {},
            row.map((one) => cell('td', one)),
          ),
        ),
      ),
    ),
  );
}

const INLINE: Readonly<Record<string, string>> = { strong: 'strong', em: 'em', del: 'del' };

function inline(tokens: readonly Token[]): Child[] {
  return (tokens as MarkedToken[]).map((token): Child => {
    if (token.type === 'codespan') return h('code', {}, token.text);
    if (token.type === 'br') return h('br');
    if (token.type === 'link') {
      const content = inline(token.tokens);
      return /^https?:\/\//.test(token.href) ? h('a', { href: token.href }, content) : content;
    }
    if (token.type === 'image' || token.type === 'escape') return token.text;
    const tag = INLINE[token.type];
    const inner = 'tokens' in token && token.tokens ? inline(token.tokens) : null;
    if (tag !== undefined) return h(tag, {}, inner);
    return token.type === 'text' ? (inner ?? token.text) : token.raw;
  });
}
