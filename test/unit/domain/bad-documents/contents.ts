/** Wrong values of the elements outside `<devices>`. */
import { document } from '../parse-context';
import { line, type Row } from './row';

const os = '<os><type>exe</type><init>/bin/sh</init></os>';

export const identities: Row[] = [
  [
    'no name',
    `<domain type='lxc'><memory>1</memory>${os}</domain>`,
    'NO_NAME',
    'domain 1:1',
    'missing name information',
  ],
  [
    'an empty name',
    "<domain type='lxc'><name></name></domain>",
    'NO_NAME',
    'domain/name 1:20',
    'missing name information',
  ],
  [
    'a name with a slash',
    "<domain type='lxc'>\n  <name>a/b</name></domain>",
    'XML_ERROR',
    'domain/name 2:3',
    "name a/b cannot contain '/'",
  ],
  [
    'a name of two lines',
    "<domain type='lxc'><name>a\nb</name></domain>",
    'XML_ERROR',
    'domain/name 1:20',
    "cannot contain '\\n'",
  ],
  [
    'a name that is a directory',
    "<domain type='lxc'><name>..</name></domain>",
    'XML_ERROR',
    'domain/name 1:20',
    "name cannot be '..'",
  ],
  [
    'a name too long for a file',
    `<domain type='lxc'><name>${'é'.repeat(116)}</name></domain>`,
    'XML_ERROR',
    'domain/name 1:20',
    'name is longer than 230 bytes',
  ],
  [
    'a malformed uuid',
    line('<uuid>not-a-uuid</uuid>'),
    'INTERNAL_ERROR',
    'domain/uuid 1:52',
    'internal error: malformed uuid element',
  ],
  [
    'a uuid one digit short',
    line('<uuid>a099376e-a803-ca94-f99c-d9a8f9a3008</uuid>'),
    'INTERNAL_ERROR',
    'domain/uuid 1:52',
    'malformed uuid element',
  ],
  [
    'a title of two lines',
    document({ elements: '<title>a\nb</title>' }),
    'XML_ERROR',
    'domain/title 5:1',
    "XML error: Domain title can't contain newlines",
  ],
  [
    'two extensions',
    document({
      elements:
        "<metadata><container xmlns='urn:tslxc:domain:1'/>\n<container xmlns='urn:tslxc:domain:1'/></metadata>",
    }),
    'XML_ERROR',
    'domain/metadata/container 6:1',
    "two elements of namespace 'urn:tslxc:domain:1'",
  ],
];

export const resources: Row[] = [
  [
    'no memory',
    `<domain type='lxc'><name>n</name>${os}</domain>`,
    'XML_ERROR',
    'domain 1:1',
    'XML error: Memory size must be specified via <memory> or in the <numa> configuration',
  ],
  [
    'no memory at all',
    `<domain type='lxc'><name>n</name><memory>0</memory>${os}</domain>`,
    'XML_ERROR',
    'domain/memory 1:34',
    'Memory size must be specified',
  ],
  [
    'a negative memory',
    `<domain type='lxc'><name>n</name><memory>-1</memory>${os}</domain>`,
    'XML_ERROR',
    'domain/memory 1:34',
    "Invalid value '-1' for element or attribute './memory[1]'",
  ],
  [
    'an unknown unit',
    `<domain type='lxc'><name>n</name><memory unit='zz'>1</memory>${os}</domain>`,
    'INVALID_ARG',
    'domain/memory/@unit 1:34',
    "invalid argument: unknown suffix 'zz'",
  ],
  [
    'too much memory',
    `<domain type='lxc'><name>n</name><memory unit='E'>9</memory>${os}</domain>`,
    'XML_ERROR',
    'domain/memory 1:34',
    'value too large: 9E',
  ],
  [
    'a current memory in words',
    document({ elements: '<currentMemory>all</currentMemory>' }),
    'XML_ERROR',
    'domain/currentMemory 5:1',
    "Invalid value 'all' for element or attribute './currentMemory[1]'",
  ],
  [
    'an empty vcpu count',
    document({ elements: '<vcpu/>' }),
    'XML_ERROR',
    'domain/vcpu 5:1',
    'maximum vcpus count must be an integer',
  ],
  [
    'a vcpu count in words',
    document({ elements: '<vcpu>x</vcpu>' }),
    'XML_ERROR',
    'domain/vcpu 5:1',
    'maximum vcpus count must be an integer',
  ],
  [
    'no vcpu',
    document({ elements: '<vcpu>0</vcpu>' }),
    'INTERNAL_ERROR',
    'domain/vcpu 5:1',
    'CPU IDs in <numa> exceed the <vcpu> count',
  ],
  [
    'more current vcpus than vcpus',
    document({ elements: "<vcpu current='3'>2</vcpu>" }),
    'CONFIG_UNSUPPORTED',
    'domain/vcpu/@current 5:1',
    'maximum vCPU count must not be less than current vCPU count',
  ],
  [
    'a bad cpuset',
    document({ elements: "<vcpu cpuset='zz'>2</vcpu>" }),
    'INVALID_ARG',
    'domain/vcpu/@cpuset 5:1',
    "Failed to parse bitmap 'zz'",
  ],
  [
    'a cpuset that runs backwards',
    document({ elements: "<vcpu cpuset='3-1'>2</vcpu>" }),
    'INVALID_ARG',
    'domain/vcpu/@cpuset 5:1',
    "Failed to parse bitmap '3-1'",
  ],
  [
    'a bad placement',
    document({ elements: "<vcpu placement='zz'>2</vcpu>" }),
    'CONFIG_UNSUPPORTED',
    'domain/vcpu/@placement 5:1',
    "Unsupported CPU placement mode 'zz'",
  ],
];

export const systems: Row[] = [
  ['no os', line(''), 'XML_ERROR', 'domain 1:1', 'an os <type> must be specified'],
  [
    'no os type',
    line('<os><init>/bin/sh</init></os>'),
    'XML_ERROR',
    'domain/os 1:52',
    'an os <type> must be specified',
  ],
  [
    'a virtual machine',
    line('<os><type>hvm</type></os>'),
    'INVALID_ARG',
    'domain/os/type 1:56',
    'could not find capabilities for arch=x86_64 domaintype=lxc',
  ],
  [
    'a foreign architecture',
    line("<os><type arch='ppc'>exe</type></os>"),
    'INVALID_ARG',
    'domain/os/type/@arch 1:56',
    'could not find capabilities for ostype=exe arch=ppc domaintype=lxc',
  ],
  [
    'no init',
    "<domain type='lxc'>\n  <name>n</name>\n  <memory>1</memory>\n  <os><type>exe</type></os>\n</domain>",
    'XML_ERROR',
    'domain/os 4:3',
    'XML error: init binary must be specified (domain/os, line 4, column 3)',
  ],
  [
    'an empty initarg',
    document({ os: '<initarg/>' }),
    'XML_ERROR',
    'domain/os/initarg 4:43',
    'No data supplied for <initarg> element',
  ],
  [
    'an initenv without a name',
    document({ os: '<initenv>x</initenv>' }),
    'XML_ERROR',
    'domain/os/initenv 4:43',
    'No name supplied for <initenv> element',
  ],
  [
    'an empty initenv',
    document({ os: "<initenv name='x'/>" }),
    'XML_ERROR',
    'domain/os/initenv 4:43',
    "No value supplied for <initenv name='x'> element",
  ],
  [
    'an unknown clock',
    document({ elements: "<clock offset='zz'/>" }),
    'CONFIG_UNSUPPORTED',
    'domain/clock/@offset 5:1',
    "unknown clock offset 'zz'",
  ],
  [
    'an unknown timer',
    document({ elements: "<clock><timer name='zz'/></clock>" }),
    'XML_ERROR',
    'domain/clock/timer/@name 5:8',
    "Invalid value for attribute 'name' in element 'timer': 'zz'",
  ],
  [
    'an unknown action',
    document({ elements: '<on_reboot>zz</on_reboot>' }),
    'CONFIG_UNSUPPORTED',
    'domain/on_reboot 5:1',
    'unknown on_reboot action: zz',
  ],
  [
    'a crash action elsewhere',
    document({ elements: '<on_poweroff>coredump-restart</on_poweroff>' }),
    'CONFIG_UNSUPPORTED',
    'domain/on_poweroff 5:1',
    'unknown on_poweroff action: coredump-restart',
  ],
  [
    'an unknown feature',
    document({ elements: '<features>\n <bogus/></features>' }),
    'CONFIG_UNSUPPORTED',
    'domain/features/bogus 6:2',
    "unexpected feature 'bogus'",
  ],
];

export const namespaces: Row[] = (
  [
    [
      'an unknown shared namespace',
      '<l:sharepid/>',
      'CONFIG_UNSUPPORTED',
      'sharepid',
      'unsupported Namespace feature: sharepid',
    ],
    [
      'a shared namespace with a name that every object has',
      "<l:constructor type='name' value='a'/>",
      'CONFIG_UNSUPPORTED',
      'constructor',
      'unsupported Namespace feature: constructor',
    ],
    [
      'a shared namespace without an owner',
      "<l:sharenet type='name'/>",
      'INTERNAL_ERROR',
      'sharenet',
      'No lxc environment type specified',
    ],
    [
      'an unknown owner of a namespace',
      "<l:sharenet type='zz' value='x'/>",
      'INTERNAL_ERROR',
      'sharenet/@type',
      "Unknown LXC namespace source 'zz'",
    ],
  ] as const
).map(([title, content, code, path, words]) => [
  title,
  document({
    elements: `<l:namespace xmlns:l='http://libvirt.org/schemas/domain/lxc/1.0'>\n${content}</l:namespace>`,
  }),
  code,
  `domain/l:namespace/l:${path} 6:1`,
  words,
]);
