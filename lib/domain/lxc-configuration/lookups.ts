/** What must be looked up on the host before a configuration can be converted. Pure. */
import { readDevicePolicies } from './devices/policy';
import { settingsOf, type Configuration } from './convert';
import { parseMountEntry } from './mounts/mount-entry';
import { rootPath } from './mounts/root';
import { nicsOf } from './network/nic';

export interface Lookups {
  /** Absolute paths. */
  readonly paths: readonly string[];
  /** Device nodes by type and numbers: `c 10:200`. */
  readonly devices: readonly string[];
  /** Interfaces whose addresses are used as gateways. */
  readonly links: readonly string[];
}

/** @throws TslxcError CONF_SYNTAX. */
export function lookupsOf(configuration: Configuration): Lookups {
  const settings = settingsOf(configuration);
  const root = rootPath({ settings });
  const mounts = [...configuration.fstab, ...settings.takeAll('lxc.mount.entry')].map(
    (entry) => parseMountEntry(entry).source,
  );
  const rules = readDevicePolicies(settings).flatMap((policy) => policy.rules);
  const numbered = rules.filter(({ major, minor }) => major !== '*' && minor !== '*');
  const blockDevices = settings
    .rest()
    .filter(({ key }) => /^lxc\.cgroup2?\.(blkio|io)\./.test(key))
    .flatMap(({ value }) => /^\d{1,4}:\d{1,7}/.exec(value) ?? []);
  const links = nicsOf(settings).flatMap((nic) => {
    const isAuto = ['ipv4', 'ipv6'].some((one) => nic.take(`${one}.gateway`)?.value === 'auto');
    return isAuto ? (nic.take('link')?.value ?? []) : [];
  });
  return {
    paths: unique([...(root === undefined ? [] : [root.path]), ...mounts]).filter((path) =>
      path.startsWith('/'),
    ),
    devices: unique([
      ...numbered.map(({ type, major, minor }) => `${type} ${major}:${minor}`),
      ...blockDevices.map((numbers) => `b ${numbers}`),
    ]),
    links: unique(links),
  };
}

const unique = (all: readonly string[]): string[] => [...new Set(all)];
