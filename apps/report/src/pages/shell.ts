import type { Figure } from '../figures/figure.ts';
import { compact } from '../marks/compact.ts';
import { html } from '../marks/html.ts';
import { h, type Mark } from '../marks/mark.ts';
import { contents } from './contents.ts';
import { linkTo, type Page, type PlacedFigure } from './page.ts';
import { figureMark } from './table.ts';

export const STYLE_PATH = 'assets/style.css';
export const SCRIPT_PATH = 'assets/report.js';

/** Where the data of a page's script stands. */
export const dataPath = (page: Pick<Page, 'path'>): string =>
  `data/${page.path.replace(/\.html$/, '.js')}`;

/** Where the data of a figure stands; the name says of which page, also where it was downloaded to. */
export const tablePath = (page: Pick<Page, 'path'>, { id }: Pick<Figure, 'id'>): string =>
  `data/${page.path.replace(/\.html$/, '')}.${id}.csv`;

/** A page as HTML: navigation, title, content, and the scripts that make it move. */
export function shell(page: Page, pages: readonly Page[], siteTitle: string): string {
  const title = page.title === siteTitle ? siteTitle : `${page.title} · ${siteTitle}`;
  const head = [
    h('meta', { charset: 'utf-8' }),
    h('meta', { name: 'viewport', content: 'width=device-width, initial-scale=1' }),
    h('link', { rel: 'icon', href: 'data:,' }),
    h('title', {}, title),
    h('link', { rel: 'stylesheet', href: linkTo(page, STYLE_PATH) }),
  ];
  const script = (path: string) => h('script', { src: linkTo(page, path), defer: '' });
  const { root: main, shapes } = compact(
    h(
      'main',
      { id: 'main' },
      h('h1', {}, page.title),
      contents(page),
      page.content.map((part) => placed(page, part)),
    ),
  );
  const body = [
    h('a', { class: 'skip', href: '#main' }, 'Skip to the content'),
    navigation(page, pages, siteTitle),
    main,
    shapes,
    h('div', { id: 'tip', role: 'tooltip', hidden: '' }),
    page.data === undefined ? [] : [script(dataPath(page))],
    script(SCRIPT_PATH),
  ];
  const document = h('html', { lang: 'en' }, h('head', {}, head), h('body', {}, body));
  return `<!doctype html>\n${html(document)}\n`;
}

function placed(page: Page, part: Mark | PlacedFigure): Mark {
  if (!('figure' in part)) return part;
  const { figure, source, whole } = part;
  const places = {
    csv: linkTo(page, tablePath(page, figure)),
    ...(whole !== undefined && { whole: linkTo(page, whole) }),
  };
  return figureMark(figure, source, places);
}

function navigation(page: Page, pages: readonly Page[], siteTitle: string): Mark {
  const named = pages.filter(({ nav }) => nav !== undefined);
  return h(
    'header',
    { class: 'site' },
    h('a', { class: 'site-title', href: linkTo(page, 'index.html') }, siteTitle),
    h(
      'nav',
      { 'aria-label': 'Pages' },
      named.map((other) =>
        h(
          'a',
          {
            href: linkTo(page, other.path),
            'aria-current': other.path === page.path ? 'page' : undefined,
          },
          other.nav,
        ),
      ),
    ),
  );
}
