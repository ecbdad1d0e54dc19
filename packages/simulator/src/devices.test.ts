import { expect, test } from 'vitest';
import { cpuDevice, deviceNamed, deviceReporting, devices } from './devices.ts';

test('data sheets are in plain units', () => {
  for (const sheet of devices) {
    expect(sheet.memoryBytesPerSecond).toBeGreaterThan(1e9);
    expect(sheet.memoryBytes).toBeGreaterThan(1e9);
    expect(sheet.flopsPerSecond.f16).toBeGreaterThanOrEqual(sheet.flopsPerSecond.f32);
  }
  expect(deviceNamed('h100-sxm').memoryBytesPerSecond).toBe(3.35e12);
});

test('an unknown device is answered with the names there are', () => {
  expect(() => deviceNamed('h100')).toThrow(/"h100"/);
});

test('a processor is what was measured of it', () => {
  const sheet = cpuDevice({ memoryBytesPerSecond: 12e9, flopsPerSecond: 80e9 });
  expect([sheet.memoryBytesPerSecond, sheet.flopsPerSecond.bf16]).toEqual([12e9, 80e9]);
});

test('a device is found by what its driver calls it, and by its own name', () => {
  expect(deviceReporting('NVIDIA H200').name).toBe('h200');
  expect(deviceReporting('NVIDIA H100 80GB HBM3').memoryBytesPerSecond).toBe(3.35e12);
  expect(deviceReporting('a100-40gb').name).toBe('a100-40gb');
  expect(() => deviceReporting('NVIDIA H100 PCIe')).toThrow(
    /"NVIDIA H100 PCIe"; there are of .*NVIDIA H100 80GB HBM3/,
  );
  const reported = devices.flatMap(({ reportedAs = [] }) => reportedAs);
  expect(new Set(reported).size).toBe(reported.length);
});
