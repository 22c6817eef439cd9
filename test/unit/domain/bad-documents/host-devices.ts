/** Wrong devices of the host: disks and host devices. */
import { document } from '../parse-context';
import type { Row } from './row';

const hostdev = (attributes: string, content = '') =>
  document({ devices: `<hostdev ${attributes}>${content}</hostdev>` });
const disk = (attributes: string, content: string) =>
  document({ devices: `<disk ${attributes}>${content}</disk>` });
const host = 'domain/devices/hostdev';
const disks = 'domain/devices/disk';

export const hostDevices: Row[] = [
  [
    'a host device of an unknown mode',
    hostdev("mode='zz' type='misc'"),
    'XML_ERROR',
    `${host}/@mode 8:1`,
    "Invalid value for attribute 'mode' in element 'hostdev': 'zz'",
  ],
  [
    'a host device without a type',
    hostdev("mode='capabilities'"),
    'XML_ERROR',
    `${host} 8:1`,
    'missing source address type',
  ],
  [
    'a host device of an unknown type',
    hostdev("mode='capabilities' type='zz'"),
    'INTERNAL_ERROR',
    `${host}/@type 8:1`,
    "unknown host device source address type 'zz'",
  ],
  [
    'a host device without a source',
    hostdev("mode='capabilities' type='misc'"),
    'XML_ERROR',
    `${host} 8:1`,
    'Missing <source> element in hostdev device',
  ],
  [
    'a storage device without its block',
    hostdev("mode='capabilities' type='storage'", '\n<source/>'),
    'XML_ERROR',
    `${host}/source 9:1`,
    'Missing <block> element in hostdev storage device',
  ],
  [
    'a character device without its char',
    hostdev("mode='capabilities' type='misc'", '\n<source><block>/dev/x</block></source>'),
    'XML_ERROR',
    `${host}/source 9:1`,
    'Missing <char> element in hostdev character device',
  ],
  [
    'a storage device that is a character device too',
    hostdev(
      "mode='capabilities' type='storage'",
      '\n<source><block>/dev/x</block><char>/dev/y</char></source>',
    ),
    'XML_ERROR',
    `${host}/source/char 9:30`,
    'unexpected <char> of a storage device',
  ],
  ...(
    [
      ['', '', 'missing vendor and product, or address'],
      ["<vendor id='0x1'/>", '', 'missing product'],
      ["<product id='0x1'/>", '', 'missing vendor'],
      ["<vendor id='0'/><product id='1'/>", '', 'vendor cannot be 0.'],
      ["<vendor/><product id='1'/>", '/vendor', 'usb vendor needs id'],
      ["<vendor id='x'/><product id='1'/>", '/vendor/@id', "cannot parse vendor id 'x'"],
      [
        "<vendor id='1'/><product id='0x12345'/>",
        '/product/@id',
        "cannot parse product id '0x12345'",
      ],
      ["<address bus='1'/>", '/address', 'usb address needs device'],
      ["<address bus='-1' device='2'/>", '/address/@bus', "cannot parse address bus '-1'"],
    ] as const
  ).map(([source, path, words]): Row => [
    `a USB device with the source ${source}`,
    hostdev("type='usb'", `\n<source>\n${source}</source>`),
    'XML_ERROR',
    `${host}/source${path} ${path === '' ? '9:1' : `10:${source.indexOf('<' + (path.split('/')[1] ?? '')) + 1}`}`,
    words,
  ]),
  [
    'an unknown policy of a USB device',
    hostdev("type='usb'", "\n<source startupPolicy='zz'/>"),
    'XML_ERROR',
    `${host}/source/@startupPolicy 9:1`,
    "unknown startup policy 'zz'",
  ],
  [
    'an image without a file',
    disk("type='file'", "\n<source dev='/dev/x'/><target dev='sda'/>"),
    'NO_SOURCE',
    `${disks}/source 9:1`,
    'missing source information for device: sda',
  ],
  [
    'a disk without a type, which is an image, without a target',
    disk('', "<source file='/x'/>"),
    'NO_TARGET',
    `${disks} 8:1`,
    'missing target information for device: /x',
  ],
  [
    'an image of an unknown format',
    disk("type='file'", "\n<driver type='zz'/><source file='/x'/><target dev='sda'/>"),
    'CONFIG_UNSUPPORTED',
    `${disks}/driver/@type 9:1`,
    "unknown driver format value 'zz'",
  ],
  [
    'a disk of an unknown type',
    disk("type='zz'", ''),
    'XML_ERROR',
    `${disks}/@type 8:1`,
    "Invalid value for attribute 'type' in element 'disk': 'zz'",
  ],
  [
    'a disk without a source',
    disk("type='block'", "<target dev='sda'/>"),
    'NO_SOURCE',
    `${disks} 8:1`,
    'missing source information for device: sda',
  ],
  [
    'a disk without a target',
    disk("type='block'", "<source dev='/dev/x'/>"),
    'NO_TARGET',
    `${disks} 8:1`,
    'missing target information for device: /dev/x',
  ],
  [
    'a disk with a name that no disk has',
    disk("type='block'", "<source dev='/dev/x'/>\n<target dev='../sda'/>"),
    'INTERNAL_ERROR',
    `${disks}/target/@dev 9:1`,
    'Invalid harddisk device name: ../sda',
  ],
  [
    'a disk on an unknown bus',
    disk("type='block'", "<source dev='/dev/x'/>\n<target dev='sda' bus='zz'/>"),
    'XML_ERROR',
    `${disks}/target/@bus 9:1`,
    "Invalid value for attribute 'bus' in element 'target': 'zz'",
  ],
  [
    'two disks of one name',
    document({
      devices:
        "<disk type='block'><source dev='/dev/x'/><target dev='sda'/></disk>\n" +
        "<disk type='block'><source dev='/dev/y'/><target dev='sda'/></disk>",
    }),
    'XML_ERROR',
    `${disks} 9:1`,
    "target 'sda' duplicated for disk sources '/dev/x' and '/dev/y'",
  ],
];
