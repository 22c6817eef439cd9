/** The container's /dev: a small tmpfs with the nodes that every program expects, and its consoles. Pure. */
import type { DomainDefinition } from '../../domain/definition';
import type { Confinement } from '../../hardening';
import { characterDevice, mountAttributes } from '../constants';
import { hostId, planOwnership } from '../process/id-map';
import type { Operation } from '../operation';

const { nosuid, noexec } = mountAttributes;

/** Name, major, minor: the kernel's devices.txt. */
const nodes = [
  ['null', 1, 3],
  ['zero', 1, 5],
  ['full', 1, 7],
  ['random', 1, 8],
  ['urandom', 1, 9],
  ['tty', 5, 0],
] as const;

const links = [
  ['fd', '/proc/self/fd'],
  ['stdin', '/proc/self/fd/0'],
  ['stdout', '/proc/self/fd/1'],
  ['stderr', '/proc/self/fd/2'],
  ['ptmx', 'pts/ptmx'],
] as const;

/** The group that owns terminals on every distribution. */
const ttyGroup = 5;

/** As in LXC. Without a limit one container can take all that `kernel.pty.max` leaves to containers. */
const usualTerminals = 1024;

/** The names in /dev of every container. */
export function ownDeviceNames(definition: DomainDefinition): string[] {
  return [...[...nodes, ...links, ...consoleLinks(definition)].map(([name]) => name), 'pts'];
}

/** Builds /dev before the clone, as the host's root. It is never visible outside the container. */
export function planDeviceTree(definition: DomainDefinition): Operation[] {
  return [
    {
      op: 'makeFilesystem',
      tree: 'dev',
      type: 'tmpfs',
      options: ['source=devfs', 'mode=755', 'size=65536'],
      attributes: nosuid,
    },
    ...nodes.map(([path, major, minor]): Operation => ({
      op: 'makeNode',
      tree: 'dev',
      path,
      type: characterDevice,
      major,
      minor,
      mode: 0o666,
    })),
    { op: 'makeDirectory', tree: 'dev', path: 'pts', mode: 0o755 },
    ...[...links, ...consoleLinks(definition)].map(([path, target]): Operation => ({
      op: 'makeSymlink',
      tree: 'dev',
      path,
      target,
    })),
    ...planOwnership(definition.idMap, 'dev', [
      '.',
      'pts',
      ...nodes.map(([path]) => path),
      ...[...links, ...consoleLinks(definition)].map(([path]) => path),
    ]),
  ];
}

/** The group of terminals, if the container's id map contains it. */
function terminalGroup({ idMap }: DomainDefinition): string[] {
  const has = idMap === undefined || hostId(idMap.gids, ttyGroup) !== undefined;
  return has ? [`gid=${ttyGroup}`] : [];
}

/** Attaches /dev in init, with the container's own devpts, whose first ptys are the consoles: `uid` owns them. */
export function planDevices(
  definition: DomainDefinition,
  { hardening, uid }: { readonly hardening: Confinement; readonly uid: number },
): Operation[] {
  return [
    { op: 'attachTree', tree: 'dev', root: 'root', path: '/dev', missing: 'makeDirectory' },
    {
      op: 'makeFilesystem',
      tree: 'devpts',
      type: 'devpts',
      options: [
        'source=devpts',
        'newinstance',
        'ptmxmode=0666',
        'mode=0620',
        ...terminalGroup(definition),
        `max=${definition.extension.terminalLimit?.max ?? usualTerminals}`,
      ],
      // It never contains a program; in libvirt's, though, one may be executed.
      attributes: hardening === 'hardened' ? nosuid | noexec : nosuid,
    },
    { op: 'attachTree', tree: 'devpts', root: 'dev', path: 'pts', missing: 'fail' },
    ...definition.consoles.map((_, index): Operation => ({
      op: 'openConsole',
      devpts: 'devpts',
      index,
      uid,
    })),
  ];
}

/** `/dev/console` and `/dev/ttyN` are links into the devpts, as libvirt's documentation says. */
function consoleLinks(definition: DomainDefinition): (readonly [string, string])[] {
  const ttys = definition.consoles.map((_, index) => [`tty${index + 1}`, `pts/${index}`] as const);
  return [['console', 'pts/0'] as const, ...ttys];
}
