import { readFileSync } from 'node:fs';
import { modelNamed, models } from '@flover/trace';
import fc from 'fast-check';
import { expect, test } from 'vitest';
import { profileWith } from '../../test/support/profile.ts';
import { deviceNamed, devices } from '../devices.ts';
import { noFeatures } from '../work-features.ts';
import { parseProfile } from './parse-profile.ts';
import type { Profile } from './profile-file.ts';
import { RooflineCostModel } from './roofline.ts';
import type { RooflineConfig } from './roofline-config.ts';
import { transferProfile } from './transfer.ts';

const ROWS = [1, 8, 32];
const TOKENS = [8, 128, 1024];
const LAYER_SECONDS = 20e-6;

const config = fc.record({
  device: fc.constantFrom('h100-sxm', 'h200', 'a100-80gb').map(deviceNamed),
  shape: fc.constantFrom('llama-7b', 'llama-13b', 'llama-33b', 'gptj-6b').map(modelNamed),
  dataType: fc.constantFrom('f16' as const, 'bf16' as const),
  worldSize: fc.constantFrom(1, 2, 4),
});

/** A profile of an engine that takes what the data sheet says, and so much more for each layer. */
function profileOf(config: RooflineConfig): Profile {
  const model = new RooflineCostModel(config);
  const layers = config.shape.layers * LAYER_SECONDS;
  const nanos = (features: object) =>
    1e9 * (model.deviceSeconds({ ...noFeatures(), ...features }) + layers);
  const rows = ROWS.map((decodeRows) => nanos({ decodeRows }));
  const prompts = TOKENS.map((prefillTokens) => nanos({ prefillTokens, prefillSampledRows: 1 }));
  const kv = (decodeKvTokens: number) => nanos({ decodeRows: 1, decodeKvTokens });
  const pairs = (prefillPairs: number) => nanos({ prefillTokens: 9999, prefillPairs });
  return profileWith(
    {},
    {
      model: config.shape.name,
      worldSize: config.worldSize ?? 1,
      dataType: config.dataType,
      kvBytesPerToken: model.kvBytesPerToken,
      decode: {
        knots: ROWS,
        nanos: rows,
        bends: [],
        nanosPerKvToken: [ROWS.map(() => (kv(1e6) - kv(0)) / 1e6)],
      },
      prefill: { knots: TOKENS, nanos: prompts, nanosPerPair: (pairs(1e9) - pairs(0)) / 1e9 },
      interference: { ...profileWith({}).interference, prefillNanos: prompts },
    },
  );
}

/** Numbers of both in the same places, as ratios. */
function ratios(one: Profile, other: Profile): number[] {
  const numbers = ({ decode, prefill, interference }: Profile) => [
    ...decode.nanos,
    ...decode.nanosPerKvToken.flat(),
    ...prefill.nanos,
    prefill.nanosPerPair,
    ...interference.prefillNanos,
  ];
  const others = numbers(other);
  return numbers(one).map((value, i) => value / others[i]);
}

test('where only the data sheets and layers count, it is the profile that would be measured there', () => {
  fc.assert(
    fc.property(config, config, (from, to) => {
      const moved = transferProfile(profileOf(from), from, to);
      const measured = profileOf(to);
      for (const ratio of ratios(moved, measured)) expect(ratio).toBeCloseTo(1, 3);
      const { model, dataType, worldSize, kvBytesPerToken } = moved;
      expect({ model, dataType, worldSize, kvBytesPerToken }).toEqual({
        model: measured.model,
        dataType: measured.dataType,
        worldSize: measured.worldSize,
        kvBytesPerToken: measured.kvBytesPerToken,
      });
    }),
    { numRuns: 60 },
  );
});

test('what is measured stays what it is where nothing is changed', () => {
  fc.assert(
    fc.property(config, fc.double({ min: 0.5, max: 3, noNaN: true }), (same, factor) => {
      const profile = profileOf(same);
      const nanos = profile.decode.nanos.map((each, i) => each * (1 + factor * i));
      const measured = { ...profile, decode: { ...profile.decode, nanos } };
      const moved = transferProfile(measured, same, same);
      for (const ratio of ratios(moved, measured)) expect(ratio).toBeCloseTo(1, 9);
      expect(moved.moves).toEqual(measured.moves);
      expect(moved.host).toBe(measured.host);
    }),
    { numRuns: 40 },
  );
});

test('it says whose times it tells: the device and ranks asked for, not those measured', () => {
  const shared = { worldSize: 4, ranksPerDevice: 2, collective: 'nccl' } as const;
  const from = {
    device: deviceNamed('h100-sxm'),
    shape: modelNamed('llama-13b'),
    dataType: 'f16',
  } as const;
  const measured = profileOf(from);
  const elsewhere = transferProfile(measured, from, {
    ...from,
    ...shared,
    device: deviceNamed('h200'),
  });
  expect(elsewhere).toMatchObject({ ...shared, device: 'h200' });
  // On the measured device its own name stays, and nothing of its ranks does.
  const back = transferProfile({ ...measured, ...shared }, { ...from, ...shared }, from);
  const alone = { worldSize: 1, ranksPerDevice: 1, collective: 'one-shot' };
  expect(back).toMatchObject({ ...alone, device: measured.device });
});

test('ranks of one device have its rates, not one each', () => {
  const device = deviceNamed('h100-sxm');
  const from = { device, shape: modelNamed('llama-13b'), dataType: 'f16' } as const;
  const profile = profileOf(from);
  const apart = transferProfile(profile, from, { ...from, worldSize: 2 });
  const shared = transferProfile(profile, from, { ...from, worldSize: 2, ranksPerDevice: 2 });
  expect(apart.decode.nanos[0]).toBeLessThan(0.6 * profile.decode.nanos[0]);
  expect(shared.decode.nanos[0]).toBeGreaterThan(profile.decode.nanos[0]);
});

test('what a work of both kinds takes beside its parts grows as an iteration of one row does', () => {
  fc.assert(
    fc.property(config, config, (from, to) => {
      const mixed = { nanos: 9000, prefillFactor: 1.1, attentionFactor: 0.9, decodeFactor: 0.2 };
      const profile = { ...profileOf(from), mixed };
      const moved = transferProfile(profile, from, to);
      const growth = moved.decode.nanos[0] / profile.decode.nanos[0];
      expect(moved.mixed.nanos / (9000 * growth)).toBeCloseTo(1, 9);
      expect(moved.mixed).toMatchObject({ ...mixed, nanos: moved.mixed.nanos });
    }),
    { numRuns: 30 },
  );
});

test('swaps cross the host links of all devices, which threads of one processor share', () => {
  const [h100, cpu] = ['h100-sxm', 'cpu'].map(deviceNamed);
  const shape = modelNamed('llama-13b');
  const from = { device: h100, shape, dataType: 'f16' } as const;
  const profile = { ...profileOf(from), swaps: { nanos: 5, nanosPerUnit: 3 } };
  const perByte = (to: Partial<RooflineConfig>) =>
    transferProfile(profile, from, { ...from, ...to }).swaps.nanosPerUnit;
  expect(perByte({ worldSize: 4 })).toBeCloseTo(3 / 4, 9);
  expect(perByte({ worldSize: 4, ranksPerDevice: 2 })).toBeCloseTo(3 / 2, 9);
  expect(perByte({ device: cpu, worldSize: 4 })).toBeCloseTo((3 * 64) / 20, 9);
});

test('whatever is asked for, what comes out is a profile', () => {
  const file = new URL(
    '../../../../experiments/10-fidelity/profiles/gptj-6b.json',
    import.meta.url,
  );
  const profile = parseProfile(JSON.parse(readFileSync(file, 'utf8')), 'gptj-6b.json');
  const from = {
    device: deviceNamed('h100-sxm'),
    shape: modelNamed('gptj-6b'),
    dataType: 'f16',
  } as const;
  for (const device of devices) {
    for (const shape of models) {
      for (const worldSize of [1, 4]) {
        const moved = transferProfile(profile, from, { ...from, device, shape, worldSize });
        expect(() => parseProfile(moved, `${shape.name} on ${device.name}`)).not.toThrow();
      }
    }
  }
});
