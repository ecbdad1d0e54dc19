import { FloverError } from '@flover/policy';
import type { DataType } from '@flover/trace';

/** A device's data sheet: peaks, not what is reached. Decimal units, as vendors print them. */
export interface DeviceSheet {
  readonly name: string;
  /** What drivers call it. */
  readonly reportedAs?: readonly string[];
  readonly memoryBytes: number;
  readonly memoryBytesPerSecond: number;
  /** Dense matrix products, accumulated in fp32. */
  readonly flopsPerSecond: Readonly<Record<DataType, number>>;
  /** Between device and host, one way. */
  readonly hostLinkBytesPerSecond: number;
  /** To the other devices of its host together, one way; 0 where there is none. */
  readonly peerLinkBytesPerSecond: number;
}

const TERA = 1e12;
const GIGA = 1e9;

/**
 * NVIDIA A100 Tensor Core GPU data sheet (June 2021), H100 Tensor Core GPU data sheet (2023) and
 * H200 Tensor Core GPU data sheet (2023), dense figures. fp32 is the plain, not the TF32, rate.
 * NVLink figures are half of the bidirectional ones that the sheets print; host links are PCIe 4
 * x16 (A100) and PCIe 5 x16.
 */
export const devices: readonly DeviceSheet[] = [
  {
    name: 'a100-40gb',
    reportedAs: ['NVIDIA A100-SXM4-40GB'],
    memoryBytes: 40 * GIGA,
    memoryBytesPerSecond: 1555 * GIGA,
    flopsPerSecond: { f32: 19.5 * TERA, f16: 312 * TERA, bf16: 312 * TERA },
    hostLinkBytesPerSecond: 32 * GIGA,
    peerLinkBytesPerSecond: 300 * GIGA,
  },
  {
    name: 'a100-80gb',
    reportedAs: ['NVIDIA A100-SXM4-80GB'],
    memoryBytes: 80 * GIGA,
    memoryBytesPerSecond: 2039 * GIGA,
    flopsPerSecond: { f32: 19.5 * TERA, f16: 312 * TERA, bf16: 312 * TERA },
    hostLinkBytesPerSecond: 32 * GIGA,
    peerLinkBytesPerSecond: 300 * GIGA,
  },
  {
    name: 'h100-sxm',
    reportedAs: ['NVIDIA H100 80GB HBM3'],
    memoryBytes: 80 * GIGA,
    memoryBytesPerSecond: 3350 * GIGA,
    flopsPerSecond: { f32: 67 * TERA, f16: 989 * TERA, bf16: 989 * TERA },
    hostLinkBytesPerSecond: 64 * GIGA,
    peerLinkBytesPerSecond: 450 * GIGA,
  },
  {
    name: 'h200',
    reportedAs: ['NVIDIA H200'],
    memoryBytes: 141 * GIGA,
    memoryBytesPerSecond: 4800 * GIGA,
    flopsPerSecond: { f32: 67 * TERA, f16: 989 * TERA, bf16: 989 * TERA },
    hostLinkBytesPerSecond: 64 * GIGA,
    peerLinkBytesPerSecond: 450 * GIGA,
  },
  // A laptop-like processor; take measured figures where they are known (`cpuDevice`).
  cpuDevice({ memoryBytesPerSecond: 20 * GIGA, flopsPerSecond: 100 * GIGA }),
];

/** What was measured of a processor. */
export interface CpuMeasurements {
  readonly memoryBytesPerSecond: number;
  /** Of fp32 matrix products; narrower types are widened before they are multiplied. */
  readonly flopsPerSecond: number;
  readonly memoryBytes?: number;
}

/** A processor as a device, from its measured bandwidth and rate. */
export function cpuDevice(measured: CpuMeasurements): DeviceSheet {
  const { memoryBytesPerSecond, flopsPerSecond: flops } = measured;
  return {
    name: 'cpu',
    memoryBytes: measured.memoryBytes ?? 8 * GIGA,
    memoryBytesPerSecond,
    flopsPerSecond: { f32: flops, f16: flops, bf16: flops },
    hostLinkBytesPerSecond: memoryBytesPerSecond,
    peerLinkBytesPerSecond: 0,
  };
}

/** The named device; throws `unknown-device` with the names there are. */
export function deviceNamed(name: string): DeviceSheet {
  const found = devices.find((sheet) => sheet.name === name);
  if (found !== undefined) return found;
  const names = devices.map((sheet) => sheet.name).join(', ');
  throw new FloverError('unknown-device', `there is no device "${name}"`, `choose one of ${names}`);
}

/** The device that a driver calls so, or `name` itself; throws `unknown-device` with those there are. */
export function deviceReporting(name: string): DeviceSheet {
  const found = devices.find((sheet) => sheet.name === name || sheet.reportedAs?.includes(name));
  if (found !== undefined) return found;
  const reported = devices.flatMap(({ reportedAs }) => reportedAs ?? []).join(', ');
  throw new FloverError(
    'unknown-device',
    `there is no data sheet of a device that reports itself as "${name}"; there are of ${reported}`,
    'Measure a profile there with `flover profile`, or transfer one of a device with a data sheet.',
  );
}
