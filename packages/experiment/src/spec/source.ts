import { FloverError } from '@flover/policy';
import {
  type Document,
  isMap,
  isNode,
  isPair,
  isScalar,
  LineCounter,
  parseDocument,
  visit,
  type YAMLParseError,
} from 'yaml';

/** A YAML text that can say on which line each of its values stands. */
export interface YamlSource {
  readonly file: string;
  readonly value: unknown;
  /** `file:line:column` of the value (or, with `key`, of that key) at a path. */
  locate(path: readonly PropertyKey[], key?: string): string;
}

/**
 * Parses YAML 1.2 with anchors, aliases and merge keys (`<<`).
 *
 * @throws FloverError `bad-yaml`, with the line.
 */
export function parseYaml(file: string, text: string): YamlSource {
  const lines = new LineCounter();
  const document = parseDocument(text, { lineCounter: lines, prettyErrors: false, merge: true });
  const at = (offset: number) => {
    const { line, col } = lines.linePos(offset);
    return `${file}:${line}:${col}`;
  };
  const first = document.errors[0];
  if (first) throw badYaml(`${at(first.pos[0])}: ${inWords(first)}`);
  const loose = unresolvedAlias(document);
  if (loose) throw badYaml(`${at(loose.offset)}: there is no anchor '&${loose.name}' before this`);
  return {
    file,
    value: plainValue(document, file),
    locate: (path, key) => at(offsetOf(document, path, key)),
  };
}

function badYaml(message: string, cause?: unknown): FloverError {
  const hint = 'Mend that line; docs/experiment-format.md shows how an experiment is written.';
  return new FloverError('bad-yaml', message, hint, cause);
}

/** What the parser says, where it speaks to programmers in words of ours. */
function inWords({ code, message }: YAMLParseError): string {
  if (code === 'MULTIPLE_DOCS')
    return "a second document begins here ('---'): one file, one of them";
  if (code === 'DUPLICATE_KEY') return 'this key stands there twice';
  return message;
}

function unresolvedAlias(document: Document): { name: string; offset: number } | undefined {
  let found: { name: string; offset: number } | undefined;
  visit(document, {
    Alias(_, alias) {
      if (alias.resolve(document) !== undefined) return undefined;
      found = { name: alias.source, offset: alias.range?.[0] ?? 0 };
      return visit.BREAK;
    },
  });
  return found;
}

function plainValue(document: Document, file: string): unknown {
  try {
    return unshared(document.toJS(), []);
  } catch (cause) {
    // Aliases of aliases of aliases, and merge keys of what is no map.
    throw badYaml(`${file}: ${(cause as Error).message}`, cause);
  }
}

/** A copy in which no value stands in two places, as those of aliases do: a sweep varies one of them. */
function unshared(value: unknown, around: readonly unknown[]): unknown {
  if (typeof value !== 'object' || value === null) return value;
  if (around.includes(value)) throw new Error('an anchor holds an alias of itself');
  const within = [...around, value];
  if (Array.isArray(value)) return value.map((each) => unshared(each, within));
  const entries = Object.entries(value).map(([key, each]) => [key, unshared(each, within)]);
  return Object.fromEntries(entries);
}

/** The offset of the deepest part of the path that exists in the text. */
function offsetOf(document: Document, path: readonly PropertyKey[], key?: string): number {
  for (let depth = path.length; depth >= 0; depth--) {
    const node = document.getIn(path.slice(0, depth), true);
    if (depth === path.length && key !== undefined && isMap(node)) {
      const pair = node.items.find((p) => isPair(p) && isScalar(p.key) && p.key.value === key);
      if (pair && isScalar(pair.key) && pair.key.range) return pair.key.range[0];
    }
    if (isNode(node) && node.range) return node.range[0];
  }
  return 0;
}
