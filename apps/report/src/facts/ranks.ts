import type { Comparison } from '@flover/metrics';
import type { Manifest } from '@flover/trace';
import type { Found, SiteRun } from '../data/site-data.ts';
import { counted } from '../marks/format.ts';

interface Ranks {
  readonly worldSize?: number | undefined;
  /** Of each rank, where they were named. */
  readonly devices?: readonly number[] | undefined;
}

/** A device's name with the ranks that ran on it: "a GPU, 4 ranks on 2 devices". */
export function ranksOn(device: string, { worldSize = 1, devices = [] }: Ranks): string {
  if (worldSize === 1) return device;
  const own = new Set(devices).size;
  const shared = own > 0 && own < worldSize ? ` on ${counted(own, 'device')}` : '';
  return `${device}, ${worldSize} ranks${shared}`;
}

/** Which rank is on which device, and what joins them; undefined for one rank. */
export function ranksOf(manifest: Manifest): string | undefined {
  const { worldSize = 1, collective, devices } = manifest;
  if (worldSize === 1) return undefined;
  const places = devices && `devices ${devices.join(', ')}`;
  const parts = [`${worldSize}`, collective && `joined by ${collective}`, places];
  return parts.filter((part) => part !== undefined).join(' · ');
}

/** A comparison counts ranks; that some of them shared a device is told by the runs themselves. */
export function withSharedDevices(
  comparison: Found<Comparison>,
  runs: readonly Found<SiteRun>[],
): Found<Comparison> {
  const { engine } = comparison.value;
  const real = runs.find(
    ({ value: { comparison: owner, manifest } }) =>
      owner?.id === comparison.id && manifest.world === 'engine' && manifest.devices !== undefined,
  );
  if (engine === undefined || real === undefined) return comparison;
  const { manifest } = real.value;
  const device = ranksOn(manifest.device.name, manifest);
  return { ...comparison, value: { ...comparison.value, engine: { ...engine, device } } };
}
