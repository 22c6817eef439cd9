// The intended differences of what is seen inside a container; see intended.js. All containers are started with
// hardening='compat', which is as open as libvirt.
'use strict';

const all = /^/;

/** @type {readonly import('./intended').IntendedDifference[]} */
const intendedInside = [
  {
    id: 'inheritable-capabilities',
    shows: [
      { aspect: 'capabilities', documents: /^features-capabilities-deny$/, lines: /^CapInh:/ },
    ],
    here: "init's inheritable capabilities are none",
    libvirt: "with `policy='deny'` they are those that are kept",
    reason:
      'they count only for a program whose file has inheritable capabilities, which would get more than it was to have',
  },
  {
    id: 'terminals',
    shows: [
      { aspect: 'devices', documents: all, lines: /^(console|ptmx|tty\d+) / },
      { aspect: 'mounts', documents: all, lines: /^\/dev\/(console|ptmx|tty\d+) / },
    ],
    here: '`/dev/console`, `/dev/ttyN` and `/dev/ptmx` are links into `/dev/pts`',
    libvirt: 'each is a mount of the terminal that is there',
    reason: 'the same terminals are opened; libvirt’s documentation describes links',
  },
  {
    id: 'meminfo',
    shows: [
      {
        aspect: 'mounts',
        documents: all,
        lines: /^\/proc\/meminfo /,
        where: 'a host without lxcfs',
      },
    ],
    here: '`/proc/meminfo` is that of lxcfs, with `stat`, `cpuinfo`, `uptime` and others, where the host has lxcfs mounted; a start without it says so',
    libvirt: '`/proc/meminfo` comes from a file system of its own',
    reason: 'one program of the host serves all containers and all such files',
  },
  {
    id: 'cgroups',
    shows: [{ aspect: 'mounts', documents: all, lines: /^\/sys\/fs\/cgroup\// }],
    here: 'the container sees its own cgroups, those with limits read-only',
    libvirt: 'it sees those of the host, and can write to them',
    reason: 'root of a container could lift its own limits, and freeze or starve all others',
  },
  {
    id: 'settings-of-the-network',
    shows: [{ aspect: 'mounts', documents: all, lines: /^\/proc\/sys\/net(\/ipv[46])? / }],
    here: 'with a network of its own a container can write to all of `/proc/sys/net`',
    libvirt: 'to `ipv4` and `ipv6` in it',
    reason: 'the kernel shows only settings of that network, `core` and `netfilter` among them',
  },
  {
    id: 'images',
    shows: [
      { aspect: 'limits', documents: /^filesystem-file/, lines: /^devices\.list b 7:\d+ / },
      {
        aspect: 'limits',
        documents: /^disk-(file|file-driver|without-type)$/,
        lines: /^devices\.list b 7:\d+ /,
      },
      {
        aspect: 'devices',
        documents: /^disk-(file|file-driver|without-type)$/,
        lines: /^sda b \d+:\d+ /,
      },
    ],
    here: 'the loop device of an image has a number from 1000 on, which stays its own until the container ends; the container may open it only if the image is a disk, and not if it is mounted',
    libvirt:
      'it has the first free number; a container that makes a node of it can read and write an image that is mounted, too',
    reason:
      'no other program takes over a number that the container may still open, and no file system is damaged below its mount',
  },
  {
    id: 'modes-of-nodes',
    shows: [
      {
        aspect: 'devices',
        documents:
          /^(disk-(block(-(device|driver|readonly|serial|bus))?|driver-empty|order|boot)|hostdev-storage)$/,
        lines: /^(sd[ab]|vda|loop0) b 7:[01] (700|6[06]0)$/,
      },
    ],
    here: 'the node of a device of the host has the mode that it has on the host',
    libvirt: 'the mode is 0700: by root alone',
    reason:
      '`/dev/fuse`, and what else every user of the host may use, can be used by every user inside',
  },
  {
    id: 'interfaces-up',
    shows: [
      {
        aspect: 'network',
        documents: /^(interface|whole|hostdev)-/,
        lines: /^link \S+ (up|down)$/,
      },
    ],
    here: "interfaces are up, unless they have `<link state='down'/>`",
    libvirt: 'down, unless they have an `<ip>`',
    reason:
      'a client of DHCP, or a program that only listens, works at once; one that brings them up finds them so',
  },
];

module.exports = { intendedInside };
