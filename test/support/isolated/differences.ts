/**
 * What differs for a domain between the levels `hardened` and `isolated`: the rows of the table in docs/user-namespaces.md. What a row
 * says is known by a definition of which each level says something else, and is seen in containers of the corpus.
 */
import type { Shown } from '../../../scripts/differences/intended';
import { domainDocument, type DomainParts } from '../../parity/corpus/document';

/** How a definition tells of the difference: lines of `toldAt`. */
interface Known {
  readonly parts: DomainParts;
  /** What only the level `hardened` says; without it, there is only what the other says. */
  readonly hardened?: RegExp;
  readonly isolated: RegExp;
}

export interface LevelDifference {
  /** The first cell of the row, without the mark of one that no container has shown yet. */
  readonly what: string;
  /** Absent for what only the host decides: files, and their owners. */
  readonly known?: Known;
  /** Where containers show it, as a difference of what is seen in them. */
  readonly shows: readonly Shown[];
}

const data = "<source dir='@data@'/><target dir='/mnt'/>";
const extension = (children: string): string =>
  `<metadata><t:container xmlns:t='urn:tslxc:domain:1'>${children}</t:container></metadata>`;
const own = '<privnet/>';
const all = /^/;

export const levelDifferences: readonly LevelDifference[] = [
  {
    what: 'root inside',
    known: { parts: { features: own }, isolated: /^ids 0 1879048192 65536$/ },
    shows: [{ aspect: 'process', documents: all, lines: /^(Uid|Gid|Groups):/ }],
  },
  {
    what: 'the files of its root',
    known: {
      parts: { features: own },
      isolated: /^plan show 'root' with the ids of the container/,
    },
    shows: [
      { aspect: 'mounts', documents: all, lines: /^\/ / },
      // Folders of the root itself, shown at another place.
      {
        aspect: 'mounts',
        documents: /^(filesystem-bind|whole-build-host)$/,
        lines: /^\/(mnt|build) /,
      },
    ],
  },
  {
    what: 'a root that other users of the host can reach',
    shows: [{ aspect: 'start', documents: /^root-in-reach$/, lines: all }],
  },
  {
    what: 'the files of another `<filesystem>`',
    known: {
      parts: { features: own, devices: `<filesystem>${data}</filesystem>` },
      isolated: /^warning WithoutHostIds .*out of reach: accessmode='mapped'/,
    },
    shows: [],
  },
  {
    what: "`accessmode='mapped'`",
    known: {
      parts: { features: own, devices: `<filesystem accessmode='mapped'>${data}</filesystem>` },
      hardened: /^warning IgnoredElement .*accessmode/,
      isolated: /^plan show 'filesystem:\/mnt' with the ids of the container/,
    },
    shows: [
      { aspect: 'mounts', documents: /^filesystem-(mapped|fmode)$/, lines: /^\/mnt / },
      { aspect: 'start', documents: /^mapped-in-reach$/, lines: all },
    ],
  },
  {
    what: "`accessmode='squash'`",
    known: {
      parts: { features: own, devices: `<filesystem accessmode='squash'>${data}</filesystem>` },
      hardened: /^warning IgnoredElement .*accessmode/,
      isolated: /^refused .*squash.*level='hardened'/,
    },
    shows: [{ aspect: 'start', documents: /^filesystem-squash$/, lines: all }],
  },
  {
    what: '`<space_hard_limit>`, `<space_soft_limit>`',
    known: {
      parts: {
        features: own,
        devices: `<filesystem>${data}<space_hard_limit unit='MiB'>10</space_hard_limit></filesystem>`,
      },
      hardened: /^refused .*space_hard_limit/,
      isolated: /^ids /,
    },
    shows: [
      {
        aspect: 'start',
        documents: /^filesystem-quotas?$/,
        lines: all,
        where: 'a file system with project quotas',
      },
    ],
  },
  {
    what: 'the network of the host',
    known: {
      parts: {},
      isolated: /^warning WithoutHostIds .*no rights over the host's network/,
    },
    shows: [],
  },
  {
    what: '`<lxc:namespace>`',
    known: {
      parts: {
        attributes: " xmlns:lxc='http://libvirt.org/schemas/domain/lxc/1.0'",
        domain: "<lxc:namespace><lxc:shareuts type='pid' value='1'/></lxc:namespace>",
        features: own,
      },
      isolated: /^warning WithoutHostIds .*no rights over the host name that it shares/,
    },
    shows: [],
  },
  {
    what: '`<disk>`, `<hostdev>` of a block device',
    known: {
      parts: {
        features: own,
        devices: "<disk type='block'><source dev='/dev/vdz'/><target dev='sda'/></disk>",
      },
      isolated: /^warning WithoutHostIds .*not mounted inside/,
    },
    shows: [],
  },
  {
    what: '`<capabilities>` such as `sys_time`, `mknod` and `syslog`',
    known: {
      parts: {
        features: `${own}<capabilities policy='default'><mknod state='on'/></capabilities>`,
      },
      isolated: /^warning WithoutHostIds .*allow takes the host's ids: mknod/,
    },
    shows: [],
  },
  {
    what: "`<tslxc:rlimit>` above the caller's own",
    known: {
      parts: {
        features: own,
        domain: extension("<t:rlimit name='nofile' soft='1024' hard='600000'/>"),
      },
      isolated: /^refused .*above the caller's own.*level='hardened'/,
    },
    shows: [],
  },
  {
    what: '`<inituser>`, `<initgroup>` and owners of files beyond 65535',
    shows: [{ aspect: 'start', documents: /^inituser-beyond$/, lines: all }],
  },
  {
    what: "a layer over the host's own `/`",
    known: {
      parts: {
        features: own,
        root: "<filesystem><source dir='/'/><target dir='/'/></filesystem>",
        domain: extension("<t:overlay target='/' upper='/srv/upper'/>"),
      },
      isolated: /^refused .*base of an overlay.*level='hardened'/,
    },
    shows: [],
  },
  {
    what: "`propagation='shared'`",
    known: {
      parts: {
        features: own,
        domain: extension("<t:filesystem target='/mnt' propagation='shared'/>"),
        devices: `<filesystem>${data}</filesystem>`,
      },
      isolated: /^refused .*may not mount on the host.*level='hardened'/,
    },
    shows: [],
  },
  {
    what: 'v1 hierarchies that only have a name',
    known: {
      parts: { features: own },
      hardened: /^plan make 'cgroup:systemd' private, nosuid/,
      isolated: /^plan make 'cgroup:systemd' private, readonly/,
    },
    shows: [
      {
        aspect: 'mounts',
        documents: all,
        lines: /^\/sys\/fs\/cgroup\/systemd /,
        where: 'a host with v1 hierarchies',
      },
    ],
  },
  {
    what: 'selinuxfs',
    known: {
      parts: { features: own },
      hardened: /^plan make a selinuxfs/,
      isolated: /^ids /,
    },
    shows: [
      {
        aspect: 'mounts',
        documents: all,
        lines: /^\/sys\/fs\/selinux /,
        where: 'a host with SELinux',
      },
    ],
  },
];

/** The definition by which a row is known. */
export function documentOf({ parts }: Known): string {
  return domainDocument(parts)
    .replace('@name@', 'known')
    .replace(/@(\w+)@/g, '/srv/$1');
}
