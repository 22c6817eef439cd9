/** The seed's walk-through, as it is typed on a terminal: its documents, its lines, and what is known to differ. */
import type { KnownDifference } from './walk';

/** Where a line is typed: to the host's shell, to the container's, or there as the last one; `console` opens it by virsh. */
export type Place = 'host' | 'console' | 'container' | 'last';

/** `until`: typed again until this comes of it. */
export type Step = readonly [place: Place, line: string, until?: RegExp];

/** What the seed's document gets beside its console. */
export interface Session {
  readonly about: string;
  readonly filesystems: readonly (readonly [source: Source, target: string])[];
  readonly devices: string;
  readonly steps: readonly Step[];
  readonly known: readonly KnownDifference[];
}

/** The seed's folders. */
export type Source = 'root' | 'config' | 'data';

/** The programs of the root besides the seed's. */
export const applets = ['ifconfig', 'route', 'ping'] as const;

const terminal = {
  id: 'controlling terminal',
  lines: /^console /,
  says: /job control turned off/,
  reason: 'a shell can stop and resume what it runs',
  documented: "the console is init's controlling terminal: ^C and job control work",
} as const;

const hello: Session = {
  about: 'the URI, and a simple Hello World container',
  filesystems: [],
  devices: '',
  steps: [
    ['host', 'virsh uri'],
    ['host', 'virsh -c lxc:/// uri'],
    ['host', 'virsh define helloworld.xml'],
    ['host', 'virsh start helloworld'],
    ['host', 'virsh list'],
    ['console', 'helloworld'],
    ['container', 'ps -axuwf'],
    ['container', 'echo $LIBVIRT_LXC_NAME'],
    ['container', 'echo $LIBVIRT_LXC_UUID'],
    ['last', 'exit'],
    ['host', 'virsh list --all', /shut off/],
    ['host', 'virsh start helloworld'],
    ['host', 'virsh destroy helloworld'],
    ['host', 'virsh list --all'],
    ['host', 'virsh undefine helloworld'],
    ['host', 'virsh list --all'],
  ],
  known: [
    terminal,
    {
      ...terminal,
      id: 'terminal of a process',
      lines: /^ps /,
      says: /(\/bin\/sh|ps -axuwf)$/,
    },
  ],
};

/** `/proc/mounts`, which the seed shows as well, is compared where all mounts are: starts.test.ts. */
const root: Session = {
  about: 'custom mounts, and a private root with busybox',
  filesystems: [
    ['root', '/'],
    ['config', '/etc/httpd'],
    ['data', '/var/www'],
  ],
  devices: '',
  steps: [
    ['host', 'virsh define helloworld.xml'],
    ['host', 'virsh start helloworld'],
    ['console', 'helloworld'],
    ['container', 'ls'],
    ['container', 'ls bin/'],
    ['container', 'ls /etc/httpd/'],
    ['container', 'ls /var/www/'],
    ['last', 'exit'],
    ['host', 'virsh list --all', /shut off/],
    ['host', 'virsh undefine helloworld'],
  ],
  known: [terminal],
};

const network: Session = {
  about: 'custom networking',
  filesystems: [['root', '/']],
  devices: `<interface type='network'>
  <mac address='52:54:00:4d:2b:cd'/>
  <source network='default'/>
</interface>
`,
  steps: [
    ['host', 'virsh define helloworld.xml'],
    ['host', 'virsh start helloworld'],
    ['host', 'virsh domiflist helloworld'],
    ['console', 'helloworld'],
    ['container', 'ifconfig'],
    ['container', 'route -n'],
    ['container', 'ifconfig eth0 192.168.122.50'],
    ['container', 'route add 0.0.0.0 gw 192.168.122.1 eth0'],
    ['container', 'route'],
    // The seed ends it by ^C, which libvirt's console does not know.
    ['container', 'ping -c 2 192.168.122.1', / 0% packet loss/],
    ['last', 'exit'],
    ['host', 'virsh list --all', /shut off/],
    ['host', 'virsh undefine helloworld'],
  ],
  known: [
    terminal,
    {
      id: 'interfaces are up',
      lines: /^ifconfig$/,
      says: /^/,
      reason: 'a client of DHCP works at once',
      documented: 'interfaces are up inside, unless',
    },
  ],
};

export const sessions: readonly Session[] = [hello, root, network];
