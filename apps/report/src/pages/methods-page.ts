import {
  documentsOf,
  type Experiment,
  type FormattedJson,
  type Found,
  type SiteData,
} from '../data/site-data.ts';
import { newestProfiles } from '../facts/profiles.ts';
import { ranksOn } from '../facts/ranks.ts';
import {
  newestValidations,
  validatedDevice,
  validationOf,
  validationSource,
} from '../facts/validation.ts';
import { calibrationFigure } from '../figures/calibration-figure.ts';
import { validationFigure } from '../figures/validation-figure.ts';
import { number } from '../marks/format.ts';
import { h, type Mark } from '../marks/mark.ts';
import { paragraph, section, writtenTable } from './blocks.ts';
import {
  assumptionsText,
  costModelText,
  intervalsText,
  parityText,
  rebuildText,
  workloadText,
  worldsText,
} from './methods-text.ts';
import { linkTo, type Page, type PlacedFigure } from './page.ts';
import { experimentPath, GLOSSARY_PATH, METHODS_PATH } from './paths.ts';
import { titleOf } from './readme.ts';

const HERE = { path: METHODS_PATH };

/** How everything is measured, and what stands behind these pages. */
export function methodsPages(site: SiteData): Page[] {
  return [
    {
      ...HERE,
      title: 'How it is measured',
      nav: 'Methods',
      content: [
        worldsText(),
        workloadText(),
        costModelText(),
        ...calibration(site),
        metricsText(),
        parityText(),
        intervalsText(),
        ...validations(site),
        assumptionsText(),
        rebuildText(),
        resultsSection(site),
      ],
    },
  ];
}

function metricsText(): Mark {
  return section(
    'metrics',
    'Metrics',
    paragraph(
      'One collector computes every metric of both worlds from the events, actions and measured times of a trace. Names, formulas and units: ',
      h('a', { href: linkTo(HERE, `${GLOSSARY_PATH}#metrics`) }, 'glossary'),
      '.',
    ),
  );
}

function calibration(site: SiteData): PlacedFigure[] {
  const profiles = newestProfiles(documentsOf(site, 'flover-profile'));
  const figure = calibrationFigure(profiles);
  if (figure === undefined) return [];
  const from = profiles.map(({ device, path, runs }) => `${device}, ${number(runs)} runs: ${path}`);
  return [{ figure, source: from.join(' · ') }];
}

/** The newest validation of each device and number of ranks. */
function validations(site: SiteData): (Mark | PlacedFigure)[] {
  const all = documentsOf(site, 'flover-validation');
  const deviceOf = ({ value }: Found<FormattedJson>) => {
    const validation = validationOf(value);
    return validation && validatedDevice(validation);
  };
  const devices = [...new Set(all.flatMap((found) => deviceOf(found) ?? []))];
  const newest = devices.map(
    (device) => newestValidations(all.filter((found) => deviceOf(found) === device))[0]!.value,
  );
  const intro = section(
    'validation',
    'What the engine promises, and whether it keeps it',
    paragraph(
      'A request’s tokens and log-probabilities are the same bits alone and in any company; every real run replays to the same decisions; backends agree within a stated error; nothing leaks; a mistake is one clear error. ',
      h('code', {}, 'flover validate'),
      newest.length === 0
        ? ' checks it with random workloads; no validation is among these results.'
        : ' checks it with random workloads, on:',
    ),
  );
  const figures = newest.map((validation, i) => {
    const figure = validationFigure(validation);
    return {
      figure: { ...figure, id: `${figure.id}-${i + 1}`, title: validatedDevice(validation) },
      source: validationSource(validation),
    };
  });
  return [intro, ...figures];
}

function resultsSection(site: SiteData): Mark {
  const heads = [
    ...['Experiment', 'Comparisons', 'Sweeps', 'Real runs', 'Simulated runs'],
    ...['Devices', 'Commits'],
  ];
  const rows = site.experiments.map(resultRow);
  return section('results', 'Results behind these pages', writtenTable('Results', heads, rows));
}

function resultRow(experiment: Experiment): Mark {
  const { comparisons, sweeps, published, runs: alone, documents } = experiment;
  const cells = comparisons.flatMap(({ value }) => value.cells);
  const validations = documents.flatMap(({ value }) => validationOf(value) ?? []);
  const runs = (world: 'engine' | 'simulator') => {
    const side = world === 'engine' ? 'real' : 'simulated';
    const compared = cells.filter((cell) => cell[side] !== undefined).length;
    return compared + alone.filter(({ value }) => value.manifest.world === world).length;
  };
  const devices = new Set([
    ...comparisons.flatMap(({ value }) => value.engine?.device ?? []),
    ...alone.flatMap(({ value: { manifest } }) =>
      manifest.world === 'engine' ? [ranksOn(manifest.device.name, manifest)] : [],
    ),
    ...validations.map(validatedDevice),
  ]);
  const commits = new Set(
    [
      ...[...comparisons, ...sweeps, ...published].map(({ value }) => value.commit),
      ...alone.map(({ value }) => value.manifest.commit),
      ...validations.map(({ commit }) => commit),
    ].map(({ id }) => id.slice(0, 8)),
  );
  const link = h('a', { href: linkTo(HERE, experimentPath(experiment)) }, titleOf(experiment));
  const count = (value: number) => h('td', { class: 'number' }, number(value));
  return h(
    'tr',
    {},
    h('td', {}, link),
    [comparisons.length, sweeps.length, runs('engine'), runs('simulator')].map(count),
    h('td', {}, [...devices].join('; ') || '–'),
    h('td', {}, [...commits].join(', ') || '–'),
  );
}
