import type { Experiment, SiteData } from '../data/site-data.ts';
import { h, type Mark } from '../marks/mark.ts';
import { markdownParts, type TextPart } from '../marks/markdown.ts';
import { Names } from '../site/names.ts';
import { comparisonContent, runLinks } from './comparison-page.ts';
import {
  besidePublished,
  type Content,
  comparisonsSection,
  documents,
  gpuValidation,
  sweepParts,
} from './experiment-results.ts';
import { answerOf, checksFigures, comparisonsFigures, runsFigureOf } from './lead-figure.ts';
import type { Page } from './page.ts';
import { experimentPath } from './paths.ts';
import { titleOf } from './readme.ts';

/**
 * A page for each experiment: what was asked; what answers it; how right it was predicted; what was
 * published of the same; and then everything else.
 */
export function experimentPages(site: SiteData): Page[] {
  return site.experiments.map((experiment) => {
    const path = experimentPath(experiment);
    const { asked, predicted, others } = textOf(experiment);
    const { answer, prediction, published, detail } = resultsOf(site, experiment, path);
    const groups = [
      ['found', 'What was found', answer],
      ['prediction', 'How right the prediction was', [...predicted, ...prediction]],
      ['published', 'Beside what was published', published],
      ['detail', 'In detail', [...detail, ...others, ...documents(experiment)]],
    ] as const;
    const told = groups.filter(([, , content]) => content.length > 0);
    const parts = told.flatMap(([id, title, content]): Content => {
      // A page of one part needs no heading over it.
      return told.length === 1 ? content : [part(id, title), ...content];
    });
    return { path, title: titleOf(experiment), content: [...asked, ...parts] };
  });
}

function part(id: string, title: string): Mark {
  const heading = h('h2', { id: `part-${id}` }, title);
  return h('section', { class: 'part', 'aria-labelledby': `part-${id}` }, heading);
}

/** The authors' text by where it belongs: what they asked, what they expected, and the rest. */
function textOf({
  readme,
}: Experiment): Readonly<Record<'asked' | 'predicted' | 'others', Mark[]>> {
  const names = new Names();
  const parts = markdownParts(readme ?? '');
  const kindOf = ({ heading }: TextPart) => {
    if (heading === null || /^question/i.test(heading)) return 'asked';
    return /^predict/i.test(heading) ? 'predicted' : 'others';
  };
  const text = { asked: [] as Mark[], predicted: [] as Mark[], others: [] as Mark[] };
  for (const one of parts) text[kindOf(one)].push(prose(one, names));
  return text;
}

/** A part of the authors' text; `names` gives each heading an anchor of its own. */
function prose({ heading, content }: TextPart, names: Names): Mark {
  const title = heading && h('h2', { id: `text-${names.take(heading)}` }, heading);
  return h('section', { class: 'prose' }, title, content);
}

const NOTHING = { fidelity: [], rest: [] } as const;
/** Parts of a comparison that tell how right its prediction was, and what else there is of it. */
const FIDELITY = ['requests', 'error', 'tenants-error', 'parity'];
const REST = ['runs', 'provenance'];

/** The one comparison of an experiment by what its parts tell. */
function sorted(content: Content): Readonly<Record<'whole' | 'fidelity' | 'rest', Content>> {
  const idOf = (part: Content[number]) =>
    'figure' in part ? part.figure.id : String(part.attributes.id ?? '');
  const among = (ids: readonly string[]) => content.filter((part) => ids.includes(idOf(part)));
  const whole = content.filter((part) => ![...FIDELITY, ...REST].includes(idOf(part)));
  return { whole, fidelity: among(FIDELITY), rest: among(REST) };
}

type Part = 'answer' | 'prediction' | 'published' | 'detail';

/** The results by what they tell, each once. */
function resultsOf(
  site: SiteData,
  experiment: Experiment,
  path: string,
): Readonly<Record<Part, Content>> {
  const answer = answerOf(experiment, site.signs);
  const [first, ...more] = experiment.comparisons;
  const alone = first !== undefined && more.length === 0;
  const compared = alone
    ? comparisonContent(site, first, path)
    : comparisonsFigures(experiment, site.signs);
  const sweeps = sweepParts(experiment, site);
  const isAnswer = answer?.from === 'comparisons';
  const found = answer?.from === 'sweep' ? sweeps.shift() : answer?.figures;
  const list = more.length > 0 ? [comparisonsSection(experiment, path)] : [];
  const { whole, fidelity, rest } = alone ? sorted(compared) : { whole: compared, ...NOTHING };
  return {
    answer: isAnswer ? whole : (found ?? []),
    prediction: [...(isAnswer ? [] : whole), ...fidelity, ...list],
    published: besidePublished(site, experiment, path, answer),
    detail: [
      ...rest,
      ...sweeps.flat(),
      ...(answer?.from === 'checks' ? [] : checksFigures(experiment)),
      ...gpuValidation(experiment),
      ...(answer?.from === 'runs' ? [] : runsFigureOf(experiment, site.signs)),
      ...runLinks(experiment.runs, path),
    ],
  };
}
