/** Wrong words of what confines a container: `<capabilities>`, and `<tslxc:container>`. */
import { document } from '../parse-context';
import type { Row } from './row';

const capabilities = (
  [
    [
      'an unknown policy',
      "<capabilities policy='zz'/>",
      'XML_ERROR',
      'capabilities/@policy 6:1',
      "Invalid value for attribute 'policy' in element 'capabilities': 'zz'.",
    ],
    [
      'an unknown capability',
      '<capabilities>\n <bogus/></capabilities>',
      'CONFIG_UNSUPPORTED',
      'capabilities/bogus 7:2',
      "unexpected capability feature 'bogus'",
    ],
    [
      'a capability of another namespace',
      "<capabilities>\n <chown xmlns='urn:x'/></capabilities>",
      'CONFIG_UNSUPPORTED',
      'capabilities/chown 7:2',
      "unexpected capability feature 'chown'",
    ],
    [
      'an unknown state',
      "<capabilities>\n <mknod state='zz'/></capabilities>",
      'XML_ERROR',
      'capabilities/mknod/@state 7:2',
      "Invalid value for attribute 'state' in element 'mknod': 'zz'.",
    ],
    [
      'a capability twice',
      "<capabilities><mknod/>\n<mknod state='off'/></capabilities>",
      'XML_ERROR',
      'capabilities/mknod 7:1',
      'element <mknod> appears more than once',
    ],
    [
      'capabilities twice',
      '<capabilities/>\n<capabilities/>',
      'XML_ERROR',
      'capabilities 7:1',
      'element <capabilities> appears more than once',
    ],
    [
      'an unknown attribute of a capability',
      "<capabilities><mknod\n stat='on'/></capabilities>",
      'XML_ERROR',
      'capabilities/mknod/@stat 6:15',
      "unknown attribute 'stat' of <mknod>",
    ],
    [
      'a capability with content',
      '<capabilities><mknod>x</mknod></capabilities>',
      'XML_ERROR',
      'capabilities/mknod 6:15',
      'unexpected text in <mknod>',
    ],
  ] as const
).map(([title, content, code, at, words]): Row => [
  title,
  document({ elements: `<features>\n${content}</features>` }),
  code,
  `domain/features/${at}`,
  words,
]);

const extensions = (
  [
    ['an unknown level', "<t:hardening level='zz'/>", 't:hardening/@level', 'must be one of'],
    [
      'a switch with a value',
      "<t:no-new-privileges value='1'/>",
      't:no-new-privileges/@value',
      "unknown attribute 'value' of <t:no-new-privileges>",
    ],
    [
      'an unknown resource',
      "<t:rlimit name='zz' soft='1' hard='1'/>",
      't:rlimit/@name',
      "unknown resource 'zz', not one of cpu, ",
    ],
    [
      'a limit of nothing',
      "<t:rlimit soft='1' hard='1'/>",
      't:rlimit',
      "missing required attribute 'name' of <t:rlimit>",
    ],
    [
      'a limit without a hard one',
      "<t:rlimit name='core' soft='1'/>",
      't:rlimit',
      "missing required attribute 'hard' of <t:rlimit>",
    ],
    [
      'a negative limit',
      "<t:rlimit name='core' soft='-1' hard='1'/>",
      't:rlimit/@soft',
      "soft limit '-1' is neither a number nor 'unlimited'",
    ],
    [
      'a limit that is too large',
      "<t:rlimit name='core' soft='1' hard='18446744073709551615'/>",
      't:rlimit/@hard',
      "hard limit '18446744073709551615' is neither a number nor 'unlimited'",
    ],
    [
      'a soft limit above the hard one',
      "<t:rlimit name='core' soft='unlimited' hard='1'/>",
      't:rlimit/@soft',
      "the soft limit of 'core' is above its hard one",
    ],
    [
      'a restart without a policy',
      '<t:restart/>',
      't:restart',
      "missing required attribute 'policy' of <t:restart>",
    ],
    [
      'a restart with another policy',
      "<t:restart policy='ever'/>",
      't:restart/@policy',
      "Invalid value for attribute 'policy' in element 't:restart': 'ever'",
    ],
    [
      'a restart with a delay that is none',
      "<t:restart policy='on-failure' delay='1s'/>",
      't:restart/@delay',
      'delay of <t:restart> must be a number from 0 to 3600000',
    ],
    [
      'a restart with too many',
      "<t:restart policy='no' max='9999999'/>",
      't:restart/@max',
      'max of <t:restart> must be a number from 1 to 1000000',
    ],
    [
      'a restart with none',
      "<t:restart policy='on-failure' max='0'/>",
      't:restart/@max',
      'max of <t:restart> must be a number from 1 to 1000000',
    ],
    [
      'checks without a port or a command',
      "<t:health interval='5'/>",
      't:health',
      '<t:health> needs a port or the words of a command, and not both',
    ],
    [
      'checks with both',
      "<t:health port='80'><t:arg>true</t:arg></t:health>",
      't:health',
      'needs a port or the words of a command, and not both',
    ],
    [
      'checks that never come',
      "<t:health port='80' interval='0'/>",
      't:health/@interval',
      'interval of <t:health> must be a number from 1 to 3600000',
    ],
    [
      'checks of no port',
      "<t:health port='65536'/>",
      't:health/@port',
      'port of <t:health> must be a number from 1 to 65535',
    ],
    [
      'checks with another action',
      "<t:health port='80' action='stop'/>",
      't:health/@action',
      "Invalid value for attribute 'action' in element 't:health': 'stop'",
    ],
    [
      'checks by a command without a name',
      '<t:health><t:arg/></t:health>',
      't:health',
      'a command needs a program',
    ],
  ] as const
).map(([title, content, at, words]): Row => [
  title,
  document({
    elements: `<metadata><t:container xmlns:t='urn:tslxc:domain:1'>\n${content}</t:container></metadata>`,
  }),
  'XML_ERROR',
  `domain/metadata/t:container/${at} 6:1`,
  words,
]);

export const confinement: Row[] = [
  ...capabilities,
  ...extensions,
  [
    'a resource twice',
    document({
      elements: `<metadata><t:container xmlns:t='urn:tslxc:domain:1'>
<t:rlimit name='core' soft='1' hard='1'/>
<t:rlimit name='core' soft='1' hard='1'/></t:container></metadata>`,
    }),
    'XML_ERROR',
    'domain/metadata/t:container/t:rlimit 7:1',
    "resource 'core' is already limited in line 6",
  ],
];
