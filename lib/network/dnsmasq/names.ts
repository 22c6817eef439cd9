/**
 * The folders from which a network's dnsmasq reads the names and addresses of running containers, besides its configuration. It
 * reads them under its own user, when they change and when it is told to, so they can't be in a folder that only root can read.
 */
import { chmodSync, rmSync, rmdirSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { namesIn } from '../../host/names-in';
import { networkNamespace } from '../../host/kernel/network-namespace';
import { readText } from '../../host/kernel/text-file';
import { namesFolder, namesPath } from '../../host/state/state-paths';
import { removeTreeNow } from '../../host/trees/tree-removal';
import type { NetworkDefinition } from '../definition/definition';
import { makeOwnFolder } from '../../host/state/own-folder';

/** `hosts`: lines of hosts(5). `addresses`: lines of `dhcp-host`. `claims`: the address of each interface, not read by dnsmasq. */
const kinds = ['hosts', 'addresses', 'claims'] as const;

export function namesOf(bridge: string): string {
  return namesPath(networkNamespace(), bridge);
}

/** Makes the folders, and keeps existing files: containers may be running while dnsmasq is restarted. */
export function makeNames(bridge: string): void {
  const folder = namesOf(bridge);
  for (const path of [namesFolder, folder, ...kinds.map((kind) => join(folder, kind))]) {
    makeOwnFolder(path, 0o755);
    // Regardless of this process's umask.
    chmodSync(path, 0o755);
  }
}

/**
 * Withdraws claimed addresses that contradict a `<host>` of the definition, which takes precedence: a container with a `<host>` gets
 * the address of that, and no container keeps the address of another's `<host>`. Called while dnsmasq does not run.
 */
export function yieldAddresses(bridge: string, { ips }: Pick<NetworkDefinition, 'ips'>): void {
  const folder = namesOf(bridge);
  const hosts = ips.flatMap(({ family, dhcp }) => (family === 'ipv4' ? (dhcp?.hosts ?? []) : []));
  for (const mac of namesIn(join(folder, 'claims'))) {
    const address = readText(join(folder, 'claims', mac)).trim();
    const own = hosts.find((host) => host.mac === mac)?.ip;
    const isKept = hosts.some(({ ip }) => ip === address);
    if (own === address || (own === undefined && !isKept)) continue;
    for (const path of [join('addresses', address), join('claims', mac)]) {
      rmSync(join(folder, path), { force: true });
    }
    moveName(join(folder, 'hosts', mac), address, own);
  }
}

/** Changes the address of a name, or removes the name if `to` is undefined. */
function moveName(path: string, from: string, to: string | undefined): void {
  const lines = readText(path).split('\n').filter(Boolean);
  const moved = lines.flatMap((line) => {
    if (!line.startsWith(`${from} `)) return [line];
    return to === undefined ? [] : [line.replace(from, to)];
  });
  if (moved.length > 0) writeFileSync(path, `${moved.join('\n')}\n`);
  else rmSync(path, { force: true });
}

export function removeNames(bridge: string): void {
  removeTreeNow({ path: namesOf(bridge), step: 'remove the names of a network' });
  try {
    rmdirSync(namesFolder);
  } catch {
    // Other networks still have folders in it, or it does not exist.
  }
}
