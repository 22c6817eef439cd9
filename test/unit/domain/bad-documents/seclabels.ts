/** Security labels, of the domain and of sources, in words and combinations that can't be. */
import { document } from '../parse-context';
import type { Row } from './row';

const ofDomain = (
  [
    [
      'an unknown type',
      "<seclabel type='zz'/>",
      'XML_ERROR',
      '/@type 6:2',
      "XML error: invalid security type 'zz'",
    ],
    [
      'an unknown relabel',
      "<seclabel relabel='zz'/>",
      'XML_ERROR',
      '/@relabel 6:2',
      'XML error: invalid security relabel value zz',
    ],
    [
      'dynamic without relabelling',
      "<seclabel relabel='no'/>",
      'CONFIG_UNSUPPORTED',
      '/@relabel 6:2',
      'dynamic label type must use resource relabeling',
    ],
    [
      'none with relabelling',
      "<seclabel type='none' model='selinux' relabel='yes'/>",
      'CONFIG_UNSUPPORTED',
      '/@relabel 6:2',
      "resource relabeling is not compatible with 'none' label type",
    ],
    [
      'static without a label',
      "<seclabel type='static' model='selinux'><imagelabel>x</imagelabel></seclabel>",
      'XML_ERROR',
      ' 6:2',
      'XML error: security label is missing',
    ],
    [
      'static with an empty label',
      "<seclabel type='static' model='selinux'><label/></seclabel>",
      'XML_ERROR',
      ' 6:2',
      'security label is missing',
    ],
    [
      'static without a model',
      "<seclabel type='static'><label>x</label></seclabel>",
      'XML_ERROR',
      ' 6:2',
      'missing security model in domain seclabel',
    ],
    [
      'a base label without a model',
      "<seclabel model=''><baselabel>x</baselabel></seclabel>",
      'XML_ERROR',
      ' 6:2',
      'missing security model in domain seclabel',
    ],
    [
      'two of one model',
      "<seclabel type='none' model='selinux'/>\n <seclabel model='selinux'/>",
      'XML_DETAIL',
      ' 7:2',
      'seclabel for model selinux is already provided',
    ],
    [
      'two, one of them without a model',
      "<seclabel model='selinux'/>\n <seclabel type='none'/>",
      'XML_ERROR',
      ' 7:2',
      'missing security model when using multiple labels',
    ],
    [
      'a label that is too long',
      `<seclabel type='static' model='x'>\n<label>${'l'.repeat(4097)}</label></seclabel>`,
      'INTERNAL_ERROR',
      '/label 7:1',
      "value longer than '4096' bytes",
    ],
    [
      'a model that is too long',
      `<seclabel model='${'m'.repeat(257)}'/>`,
      'INTERNAL_ERROR',
      '/@model 6:2',
      "value longer than '256' bytes",
    ],
    [
      'an unknown element',
      "<seclabel type='none'>\n<range/></seclabel>",
      'XML_ERROR',
      '/range 7:1',
      'unknown element <range>',
    ],
    [
      'an unknown attribute',
      "<seclabel level='s0'/>",
      'XML_ERROR',
      '/@level 6:2',
      "unknown attribute 'level' of <seclabel>",
    ],
  ] as const
).map(([title, xml, code, at, words]): Row => [
  `a label: ${title}`,
  document({ elements: `\n ${xml}` }),
  code,
  `domain/seclabel${at}`,
  words,
]);

const disk = (content: string): string =>
  `<disk type='block'><target dev='sda'/><source dev='/d'>\n${content}</source></disk>`;
const filesystem = (content: string): string =>
  `<filesystem><target dir='/t'/><source dir='/d'>\n${content}</source></filesystem>`;
const hostdev = (content: string): string =>
  `<hostdev mode='capabilities' type='misc'><source><char>/d</char>\n${content}</source></hostdev>`;
const console = (content: string): string => `<console><source>\n${content}</source></console>`;

const ofSources = Object.entries({ disk, filesystem, hostdev, console }).flatMap(
  ([name, device]): Row[] => [
    [
      `a label of a ${name} that is not used`,
      document({
        devices: device("<seclabel model='selinux' relabel='no'><label>x</label></seclabel>"),
      }),
      'XML_ERROR',
      `domain/devices/${name}/source/seclabel/@relabel 9:1`,
      'Cannot specify a label if relabelling is turned off. model=selinux',
    ],
    [
      `a ${name} that is labelled where the domain's are not`,
      document({
        elements: "<seclabel type='static' model='selinux'><label>x</label></seclabel>",
        devices: device("<seclabel model='selinux'><label>x</label></seclabel>"),
      }),
      'XML_ERROR',
      `domain/devices/${name}/source/seclabel 9:1`,
      'label overrides require relabeling to be enabled at the domain level',
    ],
    [
      `two labels of a ${name}`,
      document({ devices: device("<seclabel model='m'/><seclabel model='m'/>") }),
      'XML_DETAIL',
      `domain/devices/${name}/source/seclabel 9:22`,
      'seclabel for model m is already provided',
    ],
    [
      `a ${name} with an unknown relabel`,
      document({ devices: device("<seclabel relabel='maybe'/>") }),
      'XML_ERROR',
      `domain/devices/${name}/source/seclabel/@relabel 9:1`,
      'invalid security relabel value maybe',
    ],
  ],
);

const relabel = (attributes: string): string =>
  document({
    elements: `<metadata><t:container xmlns:t='urn:tslxc:domain:1'>\n<t:relabel${attributes}/></t:container></metadata>`,
  });

const path = 'domain/metadata/t:container/t:relabel';
const ofSystem: Row[] = [
  [
    'relabelling of nothing in particular',
    relabel(''),
    'XML_ERROR',
    `${path} 6:1`,
    "missing required attribute 'system' of <t:relabel>",
  ],
  [
    'relabelling of the system in other words',
    relabel(" system='on'"),
    'XML_ERROR',
    `${path}/@system 6:1`,
    "Invalid value for attribute 'system' in element 't:relabel': 'on'",
  ],
];

export const seclabels = [...ofDomain, ...ofSources, ...ofSystem];
