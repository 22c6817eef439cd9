/** Wrong limits: `<memtune>`, `<cputune>`, `<blkiotune>`, `<numatune>`, `<resource>`, and ours. */
import { document } from '../parse-context';
import type { Row } from './row';

/** The elements begin in line 5. */
const line = (elements: string): string => document({ elements });

const extension = (content: string): string =>
  line(
    `<metadata><tslxc:container xmlns:tslxc='urn:tslxc:domain:1'>\n${content}</tslxc:container></metadata>`,
  );
const container = 'domain/metadata/tslxc:container';

/** Each in the sixth line, behind the element that it is in. */
const inLibvirtsElements = (
  [
    [
      'memtune',
      'hard_limit',
      'zz',
      'XML_ERROR',
      "Invalid value 'zz' for element or attribute './memtune/hard_limit[1]'",
    ],
    ['memtune', 'soft_limit', '-1', 'XML_ERROR', "Invalid value '-1'"],
    ['cputune', 'shares', 'zz', 'XML_ERROR', "can't parse cputune shares value"],
    ['cputune', 'shares', '1', 'INVALID_ARG', "shares '1' must be in range [2, 262144]"],
    ['cputune', 'period', 'x', 'XML_ERROR', "can't parse cputune period value"],
    [
      'cputune',
      'period',
      '999',
      'CONFIG_UNSUPPORTED',
      "Value of cputune 'period' must be in range [1000, 1000000]",
    ],
    [
      'cputune',
      'quota',
      '999',
      'CONFIG_UNSUPPORTED',
      "Value of cputune 'quota' must be in range [1000, 17592186044415]",
    ],
    ['blkiotune', 'weight', 'zz', 'XML_ERROR', 'could not parse weight zz'],
    ['blkiotune', 'weight', '10001', 'INVALID_ARG', "weight '10001' must be in range [1, 10000]"],
    ['resource', 'partition', '', 'XML_ERROR', 'missing resource partition path'],
  ] as const
).map(([parent, name, text, code, words]): Row => [
  `<${name}>${text}</${name}> in <${parent}>`,
  line(`<${parent}>\n <${name}>${text}</${name}></${parent}>`),
  code,
  `domain/${parent}/${name} 6:2`,
  words,
]);

export const tuning: Row[] = [
  ...inLibvirtsElements,
  [
    'a <resource> without anything',
    line('<resource/>'),
    'XML_ERROR',
    'domain/resource 5:1',
    'missing resource partition path',
  ],
  [
    'a limit of memory with an unknown unit',
    line("<memtune>\n<hard_limit unit='zz'>1</hard_limit></memtune>"),
    'INVALID_ARG',
    'domain/memtune/hard_limit/@unit 6:1',
    "unknown suffix 'zz'",
  ],
  [
    'a limited device without a path',
    line('<blkiotune>\n<device><weight>1</weight></device></blkiotune>'),
    'CONFIG_UNSUPPORTED',
    'domain/blkiotune/device 6:1',
    'missing per-device path',
  ],
  [
    'a device that is limited twice',
    line(
      '<blkiotune><device><path>/dev/x</path></device>\n<device><path>/dev/x</path></device></blkiotune>',
    ),
    'CONFIG_UNSUPPORTED',
    'domain/blkiotune/device 6:1',
    "duplicate blkio device path '/dev/x'",
  ],
  [
    'a rate that is no number',
    line(
      '<blkiotune><device><path>/dev/x</path>\n<read_bytes_sec>1k</read_bytes_sec></device></blkiotune>',
    ),
    'XML_ERROR',
    'domain/blkiotune/device/read_bytes_sec 6:1',
    'could not parse read bytes sec 1k',
  ],
  [
    'an unknown mode of NUMA',
    line("<numatune>\n<memory mode='zz' nodeset='0'/></numatune>"),
    'CONFIG_UNSUPPORTED',
    'domain/numatune/memory/@mode 6:1',
    "Unsupported NUMA memory tuning mode 'zz'",
  ],
  [
    'nodes that are none',
    line("<numatune>\n<memory nodeset='zz'/></numatune>"),
    'INVALID_ARG',
    'domain/numatune/memory/@nodeset 6:1',
    "Failed to parse bitmap 'zz'",
  ],
  [
    'memory of no node',
    line("<numatune>\n<memory mode='strict'/></numatune>"),
    'XML_ERROR',
    'domain/numatune/memory 6:1',
    "nodeset for NUMA memory tuning must be set if 'placement' is 'static'",
  ],
  [
    'an unknown placement of memory',
    line("<numatune>\n<memory placement='zz'/></numatune>"),
    'CONFIG_UNSUPPORTED',
    'domain/numatune/memory/@placement 6:1',
    "Unsupported NUMA memory placement mode 'zz'",
  ],
  [
    'no process at all',
    extension("<tslxc:pids max='0'/>"),
    'XML_ERROR',
    `${container}/tslxc:pids/@max 6:1`,
    'max must not be 0',
  ],
  [
    'more processes than there can be',
    extension("<tslxc:pids max='4194305'/>"),
    'XML_ERROR',
    `${container}/tslxc:pids/@max 6:1`,
    'Expected a value up to 4194304',
  ],
  [
    'processes without a limit',
    extension('<tslxc:pids/>'),
    'XML_ERROR',
    `${container}/tslxc:pids 6:1`,
    "missing required attribute 'max' of <tslxc:pids>",
  ],
  [
    'cgroups without a number',
    extension("<tslxc:cgroups max='many'/>"),
    'XML_ERROR',
    `${container}/tslxc:cgroups/@max 6:1`,
    "'many'",
  ],
  [
    'levels of cgroups without a number',
    extension("<tslxc:cgroups depth='-1'/>"),
    'XML_ERROR',
    `${container}/tslxc:cgroups/@depth 6:1`,
    "'-1'",
  ],
  [
    'cgroups of v1 that are neither',
    extension("<tslxc:cgroups named='yes'/>"),
    'XML_ERROR',
    `${container}/tslxc:cgroups/@named 6:1`,
    'yes',
  ],
  [
    'no terminal at all',
    extension("<tslxc:ptys max='0'/>"),
    'XML_ERROR',
    `${container}/tslxc:ptys/@max 6:1`,
    'a console is a terminal: max must not be 0',
  ],
  [
    'more terminals than the kernel can have',
    extension("<tslxc:ptys max='1048577'/>"),
    'XML_ERROR',
    `${container}/tslxc:ptys/@max 6:1`,
    'Expected a value up to 1048576',
  ],
  [
    'terminals without a limit',
    extension('<tslxc:ptys/>'),
    'XML_ERROR',
    `${container}/tslxc:ptys 6:1`,
    "missing required attribute 'max' of <tslxc:ptys>",
  ],
  [
    'huge pages of a size that is none',
    extension("<tslxc:hugepages size='2047' max='1'/>"),
    'XML_ERROR',
    `${container}/tslxc:hugepages/@size 6:1`,
    '2047 KiB is not the size of a huge page',
  ],
  [
    'huge pages that are limited twice',
    extension(
      "<tslxc:hugepages size='2048' max='0'/>\n<tslxc:hugepages unit='MiB' size='2' max='4'/>",
    ),
    'XML_ERROR',
    `${container}/tslxc:hugepages 7:1`,
    'huge pages of 2048 KiB are already limited in line 6',
  ],
];
