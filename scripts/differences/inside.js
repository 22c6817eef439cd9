// The intended differences of what is seen inside a container; see intended.js. All containers are started with
// hardening='compat', which is as open as libvirt.
'use strict';

const all = /^/;

/** @type {readonly import('./intended').IntendedDifference[]} */
const intendedInside = [
  {
    id: 'inheritable-capabilities',
    aspect: 'capabilities',
    documents: /^features-capabilities-deny$/,
    lines: /^CapInh:/,
    here: "init's inheritable capabilities are none",
    libvirt: "with `policy='deny'` they are those that are kept",
    reason:
      'they count only for a program whose file has inheritable capabilities, which would get more than it was to have',
  },
  {
    id: 'terminals',
    aspect: 'devices',
    documents: all,
    lines: /^(console|ptmx|tty\d+) /,
    here: '`/dev/console`, `/dev/ttyN` and `/dev/ptmx` are links into `/dev/pts`',
    libvirt: 'they are mounts of what is there',
    reason: 'the same terminals are opened; libvirt’s documentation describes links',
  },
  {
    id: 'mounts-of-terminals',
    aspect: 'mounts',
    documents: all,
    lines: /^\/dev\/(console|ptmx|tty\d+) /,
    here: 'there are no mounts for terminals',
    libvirt: '`/dev/console`, `/dev/ttyN` and `/dev/ptmx` are mounts',
    reason: 'links need none',
  },
  {
    id: 'meminfo',
    aspect: 'mounts',
    documents: all,
    lines: /^\/proc\/meminfo /,
    here: '`/proc/meminfo` is that of lxcfs, with `stat`, `cpuinfo`, `uptime` and others, where the host has lxcfs mounted; a start without it says so',
    libvirt: '`/proc/meminfo` comes from a file system of its own',
    reason: 'one program of the host serves all containers and all such files',
    where: 'a host without lxcfs',
  },
  {
    id: 'cgroups',
    aspect: 'mounts',
    documents: all,
    lines: /^\/sys\/fs\/cgroup\//,
    here: 'the container sees its own cgroups, those with limits read-only',
    libvirt: 'it sees those of the host, and can write to them',
    reason: 'root of a container could lift its own limits, and freeze or starve all others',
  },
  {
    id: 'settings-of-the-network',
    aspect: 'mounts',
    documents: all,
    lines: /^\/proc\/sys\/net(\/ipv[46])? /,
    here: 'with a network of its own a container can write to all of `/proc/sys/net`',
    libvirt: 'to `ipv4` and `ipv6` in it',
    reason: 'the kernel shows only settings of that network, `core` and `netfilter` among them',
  },
  {
    id: 'loop-device-of-an-image',
    aspect: 'limits',
    documents: /^filesystem-file/,
    lines: /^devices\.list b 7:\d+ /,
    here: 'the loop device of an image is not allowed in the container, which sees what is mounted',
    libvirt: 'a container that makes a node of it can read and write the image',
    reason: 'a file system that is changed below its mount is damaged',
  },
  {
    id: 'number-of-an-image',
    aspect: 'limits',
    documents: /^disk-(file|file-driver|without-type)$/,
    lines: /^devices\.list b 7:\d+ /,
    here: 'the loop device of an image that is a disk has a number from 1000 on, which stays its own until the container ends',
    libvirt: 'it has the first free number',
    reason: 'no other program takes the number while the container may still open it',
  },
  {
    id: 'node-of-an-image',
    aspect: 'devices',
    documents: /^disk-(file|file-driver|without-type)$/,
    lines: /^sda b \d+:\d+ /,
    here: 'so has its node in `/dev`',
    libvirt: 'it has the first free number',
    reason: 'no other program takes the number while the container may still open it',
  },
  {
    id: 'global-quota',
    aspect: 'limits',
    documents: /^cputune-global-quota$/,
    lines: /^cpu\.(cfs_quota_us|max) /,
    here: '`<global_period>` and `<global_quota>` limit the container',
    libvirt: 'they are stored, and have no effect',
    reason: 'a limit that is written down holds',
  },
  {
    id: 'interfaces-up',
    aspect: 'network',
    documents: /^(interface|whole|hostdev)-/,
    lines: /^link \S+ (up|down)$/,
    here: "interfaces are up, unless they have `<link state='down'/>`",
    libvirt: 'down, unless they have an `<ip>`',
    reason:
      'a client of DHCP, or a program that only listens, works at once; one that brings them up finds them so',
  },
  {
    id: 'mtu',
    aspect: 'network',
    documents: /^interface-(mtu|children-order)$/,
    lines: /^link \S+ mtu /,
    here: '`<mtu>` is that of the interface',
    libvirt: 'it is ignored',
    reason: 'it is what the document says',
  },
];

module.exports = { intendedInside };
