import { FloverError } from '@flover/policy';
import { type Document, isMap, isNode, isPair, isScalar, LineCounter, parseDocument } from 'yaml';

/** A YAML text that can say on which line each of its values stands. */
export interface YamlSource {
  readonly file: string;
  readonly value: unknown;
  /** `file:line:column` of the value (or, with `key`, of that key) at a path. */
  locate(path: readonly PropertyKey[], key?: string): string;
}

/** Parses YAML 1.2; syntax errors come with their line. */
export function parseYaml(file: string, text: string): YamlSource {
  const lines = new LineCounter();
  const document = parseDocument(text, { lineCounter: lines, prettyErrors: true });
  const first = document.errors[0];
  if (first) {
    const { line, col } = lines.linePos(first.pos[0]);
    throw new FloverError('bad-yaml', `${file}:${line}:${col}: ${first.message}`);
  }
  return {
    file,
    value: document.toJS() as unknown,
    locate(path, key) {
      const offset = offsetOf(document, path, key);
      const { line, col } = lines.linePos(offset);
      return `${file}:${line}:${col}`;
    },
  };
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
