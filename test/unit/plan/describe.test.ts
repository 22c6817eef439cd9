/** Every operation has its words: they stand in errors and in `tslxc plan`. */
import { describeOperation, namespaceNames } from '../../../lib/plan/describe';
import { operationFields } from '../../../lib/plan/operation';
import type { Operation, OperationName } from '../../../lib/plan/operation';

const words: readonly (readonly [Operation, string])[] = [
  [
    { op: 'openTree', tree: 'www', path: '/srv', depth: 'single', automount: 'trigger' },
    "clone the mount /srv of the host as 'www'",
  ],
  [
    { op: 'openTree', tree: 'root', path: '/', depth: 'recursive', automount: 'leave' },
    "clone the mount / of the host as 'root', with all below",
  ],
  [
    { op: 'cloneTree', tree: 'procSys', root: 'proc', path: 'sys', depth: 'single' },
    "clone 'proc'/sys as 'procSys'",
  ],
  [
    { op: 'makeFilesystem', tree: 'dev', type: 'tmpfs', options: ['mode=755'], attributes: 0xa },
    "make a tmpfs 'dev' (mode=755, nosuid, noexec)",
  ],
  [
    {
      op: 'setTreeAttributes',
      tree: 'root',
      set: 0x1,
      clear: 0,
      propagation: 1 << 18,
      depth: 'recursive',
    },
    "make 'root' private, readonly, with all below",
  ],
  [
    { op: 'makeNode', tree: 'dev', path: 'null', type: 0o020000, major: 1, minor: 3, mode: 0o666 },
    "make the device null (1:3, mode 0666) in 'dev'",
  ],
  [
    { op: 'makeDirectory', tree: 'dev', path: 'pts', mode: 0o755 },
    "make the directory pts (mode 0755) in 'dev'",
  ],
  [
    { op: 'makeSymlink', tree: 'dev', path: 'console', target: 'pts/0' },
    "link console to pts/0 in 'dev'",
  ],
  [
    { op: 'attachLoop', device: 'disk', path: '/srv/disk.img', access: 'readOnly' },
    "give /srv/disk.img to a loop device 'disk' (read-only)",
  ],
  [
    {
      op: 'makeFilesystemOn',
      tree: 'data',
      device: 'disk',
      type: 'ext4',
      options: ['ro'],
      attributes: 0x1,
    },
    "mount the ext4 of 'disk' as 'data' (ro, readonly)",
  ],
  [
    {
      op: 'makeOverlay',
      tree: 'root',
      lowers: ['base', 'image'],
      work: 'own',
      options: [],
      attributes: 0,
    },
    "make an overlay 'root' of 'own'/upper over 'base', 'image'",
  ],
  [
    { op: 'mapTree', tree: 'root', depth: 'recursive' },
    "show 'root' with the ids of the container, with all below",
  ],
  [
    { op: 'changeOwner', tree: 'dev', path: 'null', uid: 100000, gid: 100001 },
    "give null in 'dev' to uid 100000, gid 100001",
  ],
  [{ op: 'stackTree', tree: 'cover' }, "put 'cover' on /sys of the old root, to be cloned from"],
  [
    { op: 'openPlace', place: 'emptyFile', root: 'cover', path: 'file' },
    "open file in 'cover' as 'emptyFile'",
  ],
  [
    { op: 'coverPath', root: 'proc', path: 'kcore', source: 'emptyFile', missing: 'skip' },
    "cover kcore in 'proc' with 'emptyFile', if it is there",
  ],
  [
    { op: 'protectPath', root: 'proc', path: 'sys', set: 0x1, missing: 'skip' },
    "mount sys in 'proc' over itself (readonly), if it is there",
  ],
  [
    { op: 'openNamespace', file: 'net', path: '/run/netns/blue', inode: 0n },
    "open the namespace /run/netns/blue as 'net'",
  ],
  [{ op: 'joinNamespace', file: 'net', kind: 0x40000000 }, "join the net namespace 'net'"],
  [
    {
      op: 'makeVeth',
      name: 'vnet1000',
      address: 'fe:54:00:00:00:01',
      peer: 'eth0',
      peerAddress: '52:54:00:00:00:01',
      mtu: 0,
    },
    'make the network interface vnet1000 (fe:54:00:00:00:01) with its peer eth0 (52:54:00:00:00:01) in the container',
  ],
  [
    {
      op: 'makeMacvlan',
      name: 'eth0',
      address: '52:54:00:00:00:01',
      lower: 'enp1s0',
      mode: 2,
      mtu: 0,
    },
    'make the network interface eth0 (52:54:00:00:00:01) in the container, on enp1s0',
  ],
  [
    { op: 'moveLink', name: 'enp1s0', guest: 'eth0' },
    'move the network interface enp1s0 into the container, as eth0',
  ],
  [
    { op: 'takePeer', name: 'vnet0', peer: 'eth0', address: '52:54:00:00:00:01' },
    'take eth0 (52:54:00:00:00:01), the peer of the network interface vnet0, into the restarted container',
  ],
  [
    { op: 'takeLink', name: 'eth1', address: '52:54:00:00:00:02' },
    'take the network interface eth1 (52:54:00:00:00:02) into the restarted container',
  ],
  [
    { op: 'takeLink', name: 'eth2', address: '' },
    'take the network interface eth2 into the restarted container',
  ],
  [
    { op: 'joinBridge', name: 'vnet1000', bridge: 'br0' },
    'make the network interface vnet1000 a port of the bridge br0',
  ],
  [
    { op: 'isolatePort', name: 'vnet1000' },
    'isolate the port vnet1000 from others that are isolated',
  ],
  [
    { op: 'setPortVlans', name: 'vnet1000', vlans: [5, 6 | (6 << 16)] },
    'put the port vnet1000 into the VLANs 5, 6',
  ],
  [
    { op: 'setLinkAddress', name: 'eth0', address: '52:54:00:00:00:01' },
    'give the network interface eth0 the address 52:54:00:00:00:01',
  ],
  [
    {
      op: 'setLinkParameter',
      family: 'ipv6',
      name: 'vnet1000',
      parameter: 'accept_ra',
      value: '0',
      missing: 'skip',
    },
    'set ipv6 accept_ra of the network interface vnet1000 to 0, if it is there',
  ],
  [
    {
      op: 'addAddress',
      name: 'eth0',
      address: '10.0.0.2',
      prefix: 24,
      peer: '',
      broadcast: '10.0.0.255',
    },
    'give the network interface eth0 the address 10.0.0.2/24',
  ],
  [
    { op: 'addRoute', name: 'eth0', address: '10.1.0.0', prefix: 16, gateway: '', metric: 0 },
    'add a route to 10.1.0.0/16 on the network interface eth0',
  ],
  [
    {
      op: 'addRoute',
      name: 'eth0',
      address: '0.0.0.0',
      prefix: 0,
      gateway: '10.0.0.1',
      metric: 5,
    },
    'add a route to 0.0.0.0/0 by 10.0.0.1 on the network interface eth0',
  ],
  [{ op: 'setLinkUp', name: 'lo' }, 'take the network interface lo up'],
  [
    { op: 'setResourceLimit', resource: 4, soft: 0n, hard: (1n << 64n) - 1n },
    'limit resource 4 to 0, at most no limit',
  ],
  [{ op: 'newSessionKeyring' }, 'join a new session keyring'],
  [{ op: 'setNoNewPrivileges' }, 'give up all new privileges by exec'],
  [{ op: 'setSeccomp', program: [6, 0x7fff0000] }, 'filter system calls (1 instructions)'],
  [{ op: 'limitBoundingSet', keep: 0x1ffn }, 'keep in the bounding set at most 0x1ff'],
  [{ op: 'makeNamespacePrivate' }, 'make every mount of the namespace private'],
  [{ op: 'enterTree', tree: 'root' }, "put 'root' on / and enter it"],
  [
    { op: 'attachTree', tree: 'dev', root: 'root', path: '/dev', missing: 'makeDirectory' },
    "mount 'dev' at /dev in 'root', made if missing",
  ],
  [
    { op: 'attachTree', tree: 'motd', root: 'root', path: '/etc/motd', missing: 'makeFile' },
    "mount 'motd' at /etc/motd in 'root', made as a file if missing",
  ],
  [
    { op: 'attachTree', tree: 'www', root: 'root', path: '/var/www', missing: 'fail' },
    "mount 'www' at /var/www in 'root'",
  ],
  [
    { op: 'putAside', root: 'root', path: '/sys', missing: 'skip' },
    "put what is mounted at /sys in 'root', with all below, on /sys of the old root, if it is there",
  ],
  [{ op: 'awaitCgroups' }, 'wait for the cgroups to be made'],
  [{ op: 'pivotRoot' }, 'make it the root and let go of the old one'],
  [{ op: 'openFile', file: 'tasks0', path: '/a/tasks' }, "open /a/tasks as 'tasks0'"],
  [{ op: 'writeFile', file: 'tasks0', text: '0' }, "write '0' to 'tasks0'"],
  [{ op: 'unshare', namespaces: 0x02000000 }, 'enter new namespaces: cgroup'],
  [{ op: 'setHostname', name: 'web' }, "set the host name 'web'"],
  [{ op: 'newSession', umask: 0o22 }, 'start a session, umask 0022'],
  [
    { op: 'openConsole', devpts: 'devpts', index: 1, uid: 33 },
    "open console 1 in 'devpts' for uid 33",
  ],
  [{ op: 'setCapabilities', keep: 0x1ffn }, 'keep of the capabilities at most 0x1ff'],
  [{ op: 'setIds', uid: 1, gid: 2, groups: [3, 4] }, 'become uid 1, gid 2, groups [3, 4]'],
  [{ op: 'changeDirectory', path: '/srv' }, 'change to the directory /srv'],
  [{ op: 'enterDirectory', path: '/srv' }, 'enter the directory /srv'],
  [
    { op: 'setProcessAttribute', attribute: 'apparmor/exec', text: 'exec web' },
    "write 'exec web' to the process attribute apparmor/exec",
  ],
  [{ op: 'resetSignals' }, 'set every signal to its default, none blocked'],
  [{ op: 'setParentDeathSignal', signal: 9 }, 'die by signal 9 when the monitor dies'],
  [{ op: 'openRoot', place: 'root' }, "open the root directory as 'root'"],
  [
    {
      op: 'addNode',
      root: 'root',
      path: 'vda',
      type: 0o060000,
      major: 7,
      minor: 1,
      mode: 0o600,
      uid: 100000,
      gid: 100001,
    },
    "make the device /dev/vda (7:1, mode 0600) in 'root' for uid 100000, gid 100001",
  ],
  [
    { op: 'removeNode', root: 'root', path: 'vda', type: 0o060000, major: 7, minor: 1 },
    "remove the device /dev/vda (7:1) in 'root', if it is there",
  ],
  [
    { op: 'detachTree', root: 'root', path: '/srv', mount: 77n, device: 1n, inode: 2n },
    "unmount the mount 77 of /srv in 'root', wherever it is",
  ],
  [{ op: 'setPersonality', persona: 8 }, 'take the kernel for one of 32 bits'],
  [{ op: 'setMemoryPolicy', mode: 3, nodes: [0, 2] }, 'take memory by policy 3 from nodes 0, 2'],
];

test.each(words)('%j is told in words', (operation, expected) => {
  expect(describeOperation(operation)).toBe(expected);
});

test('no operation is left out', () => {
  const told = new Set<OperationName>(words.map(([{ op }]) => op));
  expect([...told].sort()).toEqual(Object.keys(operationFields).sort());
});

test('namespaces are named by their flags of clone(2)', () => {
  const all =
    0x00020000 | 0x02000000 | 0x04000000 | 0x08000000 | 0x10000000 | 0x20000000 | 0x40000000;
  expect(namespaceNames(all)).toEqual(['mount', 'cgroup', 'uts', 'ipc', 'user', 'pid', 'net']);
  expect(namespaceNames(0)).toEqual([]);
});
