/** A host that is always the same, for the conversion of LXC configurations; and their files, from this machine's disk. */
import { statSync } from 'node:fs';
import { readFile, readdir } from 'node:fs/promises';
import type { HostView, PathState } from '../../../lib/domain/lxc-configuration/host-view';
import type { ConfigurationFiles } from '../../../lib/driver/import/load-configuration';

const file: PathState = { kind: 'file', major: 0, minor: 0 };
const directory: PathState = { kind: 'directory', major: 0, minor: 0 };
const character = (major: number, minor: number): PathState => ({
  kind: 'character device',
  major,
  minor,
});
const block = (major: number, minor: number): PathState => ({ kind: 'block device', major, minor });

export const hostView: HostView = {
  arch: 'x86_64',
  memory: 8_000_000,
  cpus: 4,
  securityModel: 'none',
  paths: new Map([
    ['/srv/images/root.img', file],
    ['/srv/images/home.img', file],
    ['/dev/vg0/volume', block(253, 0)],
    ['/dev/vg0/block', block(253, 1)],
    ['/dev/sdb', block(8, 16)],
    ['/dev/sdb1', block(8, 17)],
    ['/dev/net/tun', character(10, 200)],
    ['/dev/ttyUSB0', character(188, 0)],
    ['/dev/null', character(1, 3)],
    ['/dev/console', character(5, 1)],
    ['/dev/dri', directory],
    ['/dev/shm', directory],
  ]),
  devicesIn: new Map([
    [
      '/dev/dri',
      [
        { path: '/dev/dri/card0', type: 'c', major: 226, minor: 0 },
        { path: '/dev/dri/renderD128', type: 'c', major: 226, minor: 128 },
      ],
    ],
    ['/dev/shm', []],
  ]),
  deviceNames: new Map([
    ['b 8:0', '/dev/sda'],
    ['b 8:16', '/dev/sdb'],
    ['c 4:0', '/dev/tty0'],
    ['c 4:1', '/dev/tty1'],
    ['c 10:200', '/dev/net/tun'],
    ['c 188:0', '/dev/ttyUSB0'],
    ['c 254:0', '/dev/rtc0'],
  ]),
  addresses: new Map([
    ['ipv4 br0', '192.0.2.1'],
    ['ipv6 br0', '2001:db8::1'],
  ]),
  randomDigit: () => 7,
};

export const diskFiles: ConfigurationFiles = {
  isDirectory: (path) => Promise.resolve(statSync(path).isDirectory()),
  names: (path) => readdir(path),
  read: async (path, most) => (await readFile(path)).subarray(0, most),
};
