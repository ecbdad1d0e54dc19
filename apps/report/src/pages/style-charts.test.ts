import { describe, expect, test } from 'vitest';
import { CHART_STYLE } from './style-charts.ts';
import { PAGE_STYLE } from './style-page.ts';

type Triple = readonly [number, number, number];

/** Linear sRGB as colour-blind readers see it: Machado, Oliveira and Fernandes (2009), severity 1. */
const VISION: Readonly<Record<string, readonly Triple[]>> = {
  full: [
    [1, 0, 0],
    [0, 1, 0],
    [0, 0, 1],
  ],
  protan: [
    [0.152286, 1.052583, -0.204868],
    [0.114503, 0.786281, 0.099216],
    [-0.003882, -0.048116, 1.051998],
  ],
  deutan: [
    [0.367322, 0.860646, -0.227968],
    [0.280085, 0.672501, 0.047413],
    [-0.01182, 0.04294, 0.968881],
  ],
  tritan: [
    [1.255528, -0.076749, -0.178779],
    [-0.078411, 0.930809, 0.147602],
    [0.004733, 0.691367, 0.3039],
  ],
};

function linear(hex: string): Triple {
  const part = (at: number) => {
    const value = Number.parseInt(hex.slice(at, at + 2), 16) / 255;
    return value <= 0.04045 ? value / 12.92 : ((value + 0.055) / 1.055) ** 2.4;
  };
  return [part(1), part(3), part(5)];
}

const dot = (a: Triple, b: Triple) => a[0] * b[0] + a[1] * b[1] + a[2] * b[2];
const luminance = (hex: string) => dot([0.2126, 0.7152, 0.0722], linear(hex));

/** CIE L*a*b* of what a reader sees. */
function lab(hex: string, vision: readonly Triple[]): Triple {
  const seen = vision.map((row) => Math.min(1, Math.max(0, dot(row, linear(hex)))));
  const [r, g, b] = seen as unknown as Triple;
  const f = (t: number) => (t > 0.008856 ? Math.cbrt(t) : 7.787 * t + 16 / 116);
  const x = f(dot([0.4124, 0.3576, 0.1805], [r, g, b]) / 0.95047);
  const y = f(dot([0.2126, 0.7152, 0.0722], [r, g, b]));
  const z = f(dot([0.0193, 0.1192, 0.9505], [r, g, b]) / 1.08883);
  return [116 * y - 16, 500 * (x - y), 200 * (y - z)];
}

/** Values of a variable in the order in which the style sheet gives them: light, dark, print. */
const values = (style: string, name: string) =>
  [...style.matchAll(new RegExp(`--${name}:(#[0-9a-f]{3,6})`, 'g'))].map(([, hex]) =>
    hex!.length === 4 ? hex!.replace(/[0-9a-f]/g, '$&$&') : hex!,
  );

describe.each([
  ['light', 0],
  ['dark', 1],
  ['print', 2],
])('colours of series, %s', (_, mode) => {
  const colours = [0, 1, 2, 3, 4, 5, 6].map((i) => values(CHART_STYLE, `s${i}`)[mode]!);
  const ground = values(PAGE_STYLE, 'ground')[mode]!;

  test.each(Object.entries(VISION))('every two are told apart with %s vision', (_, vision) => {
    const seen = colours.map((hex) => lab(hex, vision));
    seen.forEach((a, i) => {
      for (const [j, b] of seen.slice(i + 1).entries()) {
        const apart = Math.hypot(a[0] - b[0], a[1] - b[1], a[2] - b[2]);
        expect(apart, `${colours[i]} and ${colours[i + 1 + j]}`).toBeGreaterThan(15);
      }
    });
  });

  test('every one stands out from its ground, 3 to 1', () => {
    for (const hex of colours) {
      const [dark, light] = [luminance(hex), luminance(ground)].sort((a, b) => a - b);
      expect((light! + 0.05) / (dark! + 0.05), hex).toBeGreaterThanOrEqual(3);
    }
  });
});
