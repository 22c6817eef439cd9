/** One root of tslxc in the tests' own network namespace, with what a network leaves there looked at from outside. */
import { execFileSync } from 'node:child_process';
import { existsSync, readFileSync, readdirSync, readlinkSync } from 'node:fs';
import { connect } from 'tslxc';
import type { Connection } from 'tslxc';
import { networkNamespace } from '../../../lib/host/kernel/network-namespace';
import { forwardingPath } from '../../../lib/host/state/state-paths';
import { makeTestRoot } from '../root/test-root';
import { runWithLibrary } from '../process/library-child';
import type { CommandResult } from '../process/run-command';

export const bootIdPath = '/proc/sys/kernel/random/boot_id';

/** Runs a program of the host's; stdout. */
export function run(...[program, ...words]: [string, ...string[]]): string {
  return execFileSync(program, words, { encoding: 'utf8', stdio: ['ignore', 'pipe', 'pipe'] });
}

export function parameter(name: string): string {
  return readFileSync(`/proc/sys/net/${name}`, 'latin1').trim();
}

const traceCommands = [
  'ip -o link',
  'ip -o address',
  'ip route show table all',
  'ip -6 route show table all',
  'nft list tables',
];

/** Everything that networks may leave behind, as sorted lines. */
export function traces(): string[] {
  const switches = ['ipv4/ip_forward', 'ipv6/conf/all/forwarding'];
  return [
    // By one shell: to start a process costs this large one more than it costs a small one.
    ...run('sh', '-ec', traceCommands.join('\n')).split('\n'),
    ...switches.map((name) => `${name} = ${parameter(name)}`),
    ...processes(/^(dnsmasq|tslxc-keeper)$/).map(({ name, pid }) => `${name} ${pid}`),
    ...(existsSync(forwardingPath(networkNamespace())) ? ['a record of forwarding'] : []),
  ]
    .filter((line) => !linkLocal.test(line))
    .map((line) => steady(line).trim())
    .filter((line) => line !== '')
    .sort();
}

/** The kernel gives each interface such an address a while after it has a carrier, and takes it away with the interface. */
const linkLocal = /\bfe80:/;

/** Without the index of an interface, and what its carrier says. */
function steady(line: string): string {
  const unsteady = /valid_lft \S+|preferred_lft \S+| linkdown|NO-CARRIER,|state \S+/g;
  return line.replace(/^\d+: /, '').replace(unsteady, '');
}

/** Processes of this network namespace with such a name. */
export function processes(name: RegExp): { name: string; pid: number }[] {
  const own = readlinkSync('/proc/self/ns/net');
  return readdirSync('/proc').flatMap((pid) => {
    try {
      const comm = readFileSync(`/proc/${pid}/comm`, 'utf8').trim();
      const isOurs = name.test(comm) && readlinkSync(`/proc/${pid}/ns/net`) === own;
      return isOurs ? [{ name: comm, pid: Number(pid) }] : [];
    } catch {
      return [];
    }
  });
}

/** What `ip -d -json link` says of an interface; undefined when there is none. */
export function link(name: string): Record<string, unknown> | undefined {
  const links = JSON.parse(run('ip', '-d', '-json', 'link')) as Record<string, unknown>[];
  return links.find(({ ifname }) => ifname === name);
}

/** Of a bridge. */
export function bridgeData(name: string): Record<string, unknown> {
  const { linkinfo } = (link(name) ?? {}) as { linkinfo?: { info_data?: object } };
  return { ...linkinfo?.info_data };
}

export interface NetworkWorld extends AsyncDisposable {
  readonly root: string;
  readonly connection: Connection;
  /** Runs code with the library in a process of its own, where `connection` is open on the root. */
  child(code: string): Promise<CommandResult>;
}

/** Its networks are destroyed at the end; what is left of them then is an error. */
export async function makeNetworkWorld(): Promise<NetworkWorld> {
  const before = traces();
  const root = await makeTestRoot();
  const connection = await connect(undefined, { root: root.path });
  return {
    root: root.path,
    connection,
    child: (code) => runWithLibrary(root.path, code),
    [Symbol.asyncDispose]: async () => {
      await destroyDomains(connection);
      for (const network of await connection.listNetworks({ state: 'active' })) {
        await network.destroy();
      }
      await connection.close();
      await root.remove();
      expect(traces()).toEqual(before);
    },
  };
}

async function destroyDomains(connection: Connection): Promise<void> {
  for (const domain of await connection.listDomains({ state: 'active' })) await domain.destroy();
}

/** Of a network with IPv4 addresses 10.77.N.0/24, or as `inner` says. */
export function networkXml(name: string, third: number, inner = ''): string {
  return `<network>
  <name>${name}</name>
  ${inner}
  <ip address='10.77.${third}.1' netmask='255.255.255.0'>
    <dhcp><range start='10.77.${third}.100' end='10.77.${third}.200'/></dhcp>
  </ip>
</network>`;
}
