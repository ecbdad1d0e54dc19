import { metricFamilies, SYMBOLS } from '../facts/formulas.ts';
import { WORDS } from '../facts/words.ts';

/** The glossary page as Markdown: docs/glossary.md, which a test keeps as the page is. */
export function glossaryMarkdown(): string {
  const words = WORDS.map(([word, meaning]) => `| ${word} | ${meaning} |`);
  const symbols = SYMBOLS.map(([symbol, meaning]) => `| ${cell(symbol)} | ${cell(meaning)} |`);
  const metrics = metricFamilies().map(({ name, formula, metrics: list }) => {
    const keys = list.map(({ key }) => `\`${key}\``).join(' ');
    return `| ${name} | ${cell(formula)} | ${list[0]!.unit} | ${keys} |`;
  });
  return [
    '# Glossary',
    'Made from the metric catalogue and the words of the report site (`apps/report/src/facts`). [metrics.md](metrics.md) has the details.',
    ['## Words', '', '| word | meaning |', '|---|---|', ...words].join('\n'),
    ['## Symbols', '', '| symbol | meaning |', '|---|---|', ...symbols].join('\n'),
    [
      ...['## Metrics', '', '| metric | formula | unit | keys |', '|---|---|---|---|'],
      ...metrics,
    ].join('\n'),
  ]
    .join('\n\n')
    .concat('\n');
}

/** A bar would end the cell. */
function cell(text: string): string {
  return text.replaceAll('|', '\\|');
}
