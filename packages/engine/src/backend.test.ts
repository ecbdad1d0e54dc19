import { describe, expect, test } from 'vitest';
import { chooseBackend } from './backend.ts';

const both = [
  { name: 'cuda', unavailable: '' },
  { name: 'cpu', unavailable: '' },
];
const noDriver = [
  { name: 'cuda', unavailable: 'no CUDA driver' },
  { name: 'cpu', unavailable: '' },
];

describe('chooseBackend', () => {
  test('auto takes CUDA where it runs', () => {
    expect(chooseBackend('auto', both).name).toBe('cuda');
  });

  test('auto falls back and says which and why', () => {
    const choice = chooseBackend('auto', noDriver);
    expect(choice).toEqual({ name: 'cpu', reason: 'cuda is not used: no CUDA driver' });
  });

  test('cuda never falls back', () => {
    expect(() => chooseBackend('cuda', noDriver)).toThrow("'cuda' was asked for but cannot run");
    expect(() => chooseBackend('cuda', [noDriver[1]!])).toThrow('not built into the addon');
  });

  test('cpu by name stays cpu beside CUDA', () => {
    expect(chooseBackend('cpu', both).name).toBe('cpu');
  });

  test('nothing that runs is one error with every reason', () => {
    expect(() => chooseBackend('auto', [])).toThrow(/cuda is not used.*cpu is not used/);
  });
});
