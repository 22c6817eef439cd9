/**
 * The folders that a network's dnsmasq reads the names and addresses of running containers from, besides its configuration. It reads
 * them as its own user, when they change and when it is told to, and so they can't lie where only root can look.
 */
import { chmodSync, mkdirSync, readFileSync, rmSync, rmdirSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { namesIn } from '../../host/names-in';
import { networkNamespace } from '../../host/kernel/network-namespace';
import { namesFolder, namesPath } from '../../host/state/state-paths';
import type { NetworkDefinition } from '../definition/definition';

/** `hosts`: lines of hosts(5). `addresses`: lines of `dhcp-host`. `claims`: which address an interface has, for us alone. */
const kinds = ['hosts', 'addresses', 'claims'] as const;

export function namesOf(bridge: string): string {
  return namesPath(networkNamespace(), bridge);
}

/** Keeps what is there: containers run on while dnsmasq is started again. */
export function makeNames(bridge: string): void {
  const folder = namesOf(bridge);
  for (const path of [namesFolder, folder, ...kinds.map((kind) => join(folder, kind))]) {
    mkdirSync(path, { recursive: true });
    // Whatever the umask of this process is.
    chmodSync(path, 0o755);
  }
}

/**
 * What a `<host>` of the definition says is stronger than what a container was promised: that has the address of its `<host>` from
 * now on, and none that another one's `<host>` has. While dnsmasq does not run.
 */
export function yieldAddresses(bridge: string, { ips }: Pick<NetworkDefinition, 'ips'>): void {
  const folder = namesOf(bridge);
  const hosts = ips.flatMap(({ family, dhcp }) => (family === 'ipv4' ? (dhcp?.hosts ?? []) : []));
  for (const mac of namesIn(join(folder, 'claims'))) {
    const address = textOf(join(folder, 'claims', mac)).trim();
    const own = hosts.find((host) => host.mac === mac)?.ip;
    const isKept = hosts.some(({ ip }) => ip === address);
    if (own === address || (own === undefined && !isKept)) continue;
    for (const path of [join('addresses', address), join('claims', mac)]) {
      rmSync(join(folder, path), { force: true });
    }
    moveName(join(folder, 'hosts', mac), address, own);
  }
}

/** To another address, or away from it. */
function moveName(path: string, from: string, to: string | undefined): void {
  const lines = textOf(path).split('\n').filter(Boolean);
  const moved = lines.flatMap((line) => {
    if (!line.startsWith(`${from} `)) return [line];
    return to === undefined ? [] : [line.replace(from, to)];
  });
  if (moved.length > 0) writeFileSync(path, `${moved.join('\n')}\n`);
  else rmSync(path, { force: true });
}

function textOf(path: string): string {
  try {
    return readFileSync(path, 'utf8');
  } catch {
    return '';
  }
}

export function removeNames(bridge: string): void {
  rmSync(namesOf(bridge), { recursive: true, force: true });
  try {
    rmdirSync(namesFolder);
  } catch {
    // Other networks have theirs there, or there has never been one.
  }
}
