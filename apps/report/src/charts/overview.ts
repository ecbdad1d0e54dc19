import { scaleLinear } from 'd3';
import type { DrawnRun } from '../data/packed-run.ts';
import { number } from '../marks/format.ts';
import { h, type Mark } from '../marks/mark.ts';
import { WIDTH } from './chart.ts';
import { TIME_RANGE } from './run-chart.ts';
import { steps } from './steps.ts';

/** Height of the strip that is brushed, pixels. */
export const OVERVIEW_HEIGHT = 34;

/** The whole run in a strip: a part of it is chosen here. */
export function overview(run: DrawnRun): Mark {
  const width = TIME_RANGE[1] - TIME_RANGE[0];
  const { startMicros, durationMicros, active: values } = run.iterations;
  const times = startMicros.map((start, i) => start + durationMicros[i]!);
  return h(
    'svg',
    {
      class: 'chart overview',
      viewBox: `0 0 ${WIDTH} ${OVERVIEW_HEIGHT + 28}`,
      role: 'group',
      'aria-label': 'The whole run: drag to zoom into a part of it',
    },
    h(
      'g',
      { transform: `translate(${TIME_RANGE[0]},20)` },
      steps([{ name: 'active sequences', className: 'active', times, values }], {
        title: 'Whole run',
        x: scaleLinear([0, run.endMicros], [0, width]),
        width,
        height: OVERVIEW_HEIGHT,
        format: number,
        id: 'clip-overview',
      }),
      h('g', { class: 'brush' }),
    ),
  );
}
