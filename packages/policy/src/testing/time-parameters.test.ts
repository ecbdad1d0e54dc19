import { describe, expect, it } from 'vitest';
import { definePolicy } from '../policy.ts';
import { plainPlan } from './broken/plain.ts';
import { checkLaws } from './check-laws.ts';
import { scaleTimes } from './time-parameters.ts';

describe('parameters in a world four times as slow', () => {
  it.each([
    ['windowMs', 12],
    ['pauseNanos', 12],
    ['timeoutSeconds', 12],
    ['targetMsPerToken', 12],
    ['agePerSecond', 0.75],
    ['tokensPerMs', 0.75],
    ['tokensPerMicrosecond', 0.75],
    ['waitedMsPerSecond', 3],
    ['maxPrefillTokens', 3],
    ['items', 3],
  ])('%s: 3 becomes %d', (name, scaled) => {
    expect(scaleTimes({ [name]: 3 }, 4)).toEqual({ [name]: scaled });
  });

  it('what is no number stays', () => {
    expect(scaleTimes({ windowMs: 'long', slowMs: true }, 4)).toEqual({
      windowMs: 'long',
      slowMs: true,
    });
  });
});

/** The shortest prompt first, and `rate` tokens shorter for each microsecond of waiting. */
const ageing = (name: string, rate: number) =>
  definePolicy({
    name: 'ageing',
    parameters: { [name]: rate },
    create: (parameters) => ({
      name: 'ageing',
      lanes: ['main'],
      plan: (_, plan) =>
        plainPlan(plan, (waiting) => {
          const key = (request: (typeof waiting)[number]) =>
            request.promptTokens -
            (parameters[name]! * (plan.nowNanos - request.arrivalNanos)) / 1000;
          return waiting.sort((a, b) => key(a) - key(b));
        }),
    }),
  });

describe('a policy that ages its requests', () => {
  const verdict = (name: string) =>
    checkLaws(ageing(name, 50), { numRuns: 1000, only: ['time-scaling'] }).results[0]!.verdict;

  it('keeps the law of scaled times where its rate is named as one', () => {
    expect(verdict('tokensPerMicro')).toBe('passed');
  });

  it('breaks it where nothing says that it is a rate', () => {
    expect(verdict('impatience')).toBe('failed');
  });
});
