/** The package’s own native code, and the programs of the host that some of its features use. */
import { TslxcError } from '../../errors';
import { lxcfsMount } from '../../host/kernel/lxcfs';
import { native } from '../../host/native';
import { buildCommand, installCommand, nativeOrigin } from '../../host/package-paths';
import { programPath } from '../../host/program';
import { fail, ok, warn } from './check';
import type { HostCheck } from './check';
import { readAttribute } from '../../host/node/attribute';

/** By program: Debian’s package, and what the program is for. */
const programs = {
  dnsmasq: { package: 'dnsmasq-base', use: 'DHCP and DNS of virtual networks' },
  nft: { package: 'nftables', use: 'virtual networks' },
  tc: { package: 'iproute2', use: '<bandwidth>' },
  busybox: { package: 'busybox-static', use: 'tslxc mkroot' },
  skopeo: { package: 'skopeo', use: 'tslxc pull' },
  umoci: { package: 'umoci', use: 'tslxc pull' },
  mmdebstrap: { package: 'mmdebstrap', use: 'tslxc mkroot --debian' },
} as const;

const nativeFindings = {
  built: 'the addon and the monitor are built',
  prebuilt: `the package’s addon and monitor for ${process.arch}`,
} as const;

export function checkPrograms(): HostCheck[] {
  return [checkNative(), ...checkTools(), checkLxcfs()];
}

function checkNative(): HostCheck {
  const id = 'package.native';
  try {
    native();
    return ok(id, nativeFindings[nativeOrigin]);
  } catch (error) {
    const found = error instanceof Error ? error.message : String(error);
    return fail(id, found, adviceOn(error));
  }
}

function adviceOn(error: unknown): string {
  if (!TslxcError.is(error, 'NATIVE_NOT_BUILT')) return 'run it in Node.js, from its own package';
  return error.path === undefined ? installCommand : buildCommand;
}

function checkTools(): HostCheck[] {
  const id = 'host.programs';
  const missing = Object.entries(programs).filter(([program, what]) => {
    try {
      programPath({ program, package: what.package, step: what.use });
      return false;
    } catch {
      return true;
    }
  });
  if (missing.length === 0) return [ok(id, Object.keys(programs).join(', '))];
  return missing.map(([program, what]) =>
    warn(id, `no ${program}: it is for ${what.use}`, `apt install ${what.package}`),
  );
}

function checkLxcfs(): HostCheck {
  const id = 'host.lxcfs';
  const mount = lxcfsMount(readAttribute('/proc/self/mountinfo') ?? '');
  if (mount !== undefined) return ok(id, mount);
  return warn(
    id,
    'lxcfs is not mounted: /proc/meminfo and the like show containers the host’s',
    'apt install lxcfs, and start it',
  );
}
