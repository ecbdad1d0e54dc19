import fc from 'fast-check';
import { expect, test } from 'vitest';
import { shareTips, wholeTip } from './shared-tips.ts';

test('words that tips share are said once', () => {
  const tips = [1, 2, 3].map((x) => `sequential, simulated: TTFT ${10 * x} ms at rate ${x}`);
  expect(shareTips(tips)).toEqual({
    templates: 'sequential, simulated: TTFT | ms at rate |',
    tips: ['|0|10|1', '|0|20|2', '|0|30|3'],
  });
});

test('tips of other lengths, with the sign of a place, or too few are as they were', () => {
  const tips = ['a b 1', 'a b 2', 'a b', 'a | 3', 'x y 4', ''];
  expect(shareTips(tips.slice(0, 4))).toEqual({ tips: tips.slice(0, 4) });
  expect(shareTips(['a 1', 'b 2', 'c 3'])).toEqual({ tips: ['a 1', 'b 2', 'c 3'] });
});

test('every tip is told as it was, whatever its words', () => {
  const word = fc.constantFrom('a', 'b', '', '|', '1', '−3 %', '\n', 'ms');
  const tip = fc.array(word, { maxLength: 6 }).map((words) => words.join(' '));
  fc.assert(
    fc.property(fc.array(tip, { maxLength: 12 }), (tips) => {
      const { templates = null, tips: short } = shareTips(tips);
      expect(short.map((own) => wholeTip(own, templates))).toEqual(tips);
    }),
  );
});
