/** Wrong id maps, and wrong requests for one. */
import { document } from '../parse-context';
import type { Row } from './row';

const uid = "<uid start='0' target='1000' count='10'/>";
const gid = "<gid start='0' target='1000' count='10'/>";

/** Title, content of `<idmap>` in lines from 6 on, code, element and position, words. */
const contents: readonly Row[] = [
  ['users without groups', uid, 'CONFIG_UNSUPPORTED', 'domain/idmap 5:1', 'uid and gid should be'],
  ['groups without users', gid, 'CONFIG_UNSUPPORTED', 'domain/idmap 5:1', 'uid and gid should be'],
  [
    'no root',
    `<uid start='1' target='1000' count='10'/>\n${gid}`,
    'CONFIG_UNSUPPORTED',
    'domain/idmap/uid 6:1',
    'You must map the root user of container',
  ],
  [
    'no group of root',
    `${uid}\n<gid start='1' target='1000' count='10'/>`,
    'CONFIG_UNSUPPORTED',
    'domain/idmap/gid 7:1',
    'You must map the root user of container',
  ],
  [
    'a range without a count',
    `<uid start='0' target='1000'/>\n${gid}`,
    'XML_ERROR',
    'domain/idmap/uid/@count 6:1',
    'invalid idmap start/target/count settings',
  ],
  [
    'a start that is no number',
    `<uid start='root' target='1000' count='1'/>\n${gid}`,
    'XML_ERROR',
    'domain/idmap/uid/@start 6:1',
    'invalid idmap start/target/count settings',
  ],
  [
    'a range of no ids',
    `${uid}\n<gid start='0' target='1000' count='0'/>`,
    'XML_ERROR',
    'domain/idmap/gid/@count 7:1',
    'count must not be 0',
  ],
  [
    'a range beyond 32 bits in the container',
    `${uid}\n<uid start='4294967290' target='5000' count='6'/>\n${gid}`,
    'XML_ERROR',
    'domain/idmap/uid/@start 7:1',
    'start and count go beyond 4294967294',
  ],
  [
    'a range beyond 32 bits on the host',
    `<uid start='0' target='4294967295' count='1'/>\n${gid}`,
    'XML_ERROR',
    'domain/idmap/uid/@target 6:1',
    'target and count go beyond 4294967294',
  ],
  [
    'a number beyond 32 bits',
    `<uid start='0' target='4294967296' count='1'/>\n${gid}`,
    'XML_ERROR',
    'domain/idmap/uid/@target 6:1',
    'target must be a number up to 4294967295',
  ],
  [
    'ranges that overlap in the container',
    `${uid}\n<uid start='9' target='5000' count='10'/>\n${gid}`,
    'CONFIG_UNSUPPORTED',
    'domain/idmap/uid 7:1',
    'ids 9 to 18 overlap ids 0 to 9 of line 6 in the container',
  ],
  [
    'ranges that overlap on the host, the later one first in the document',
    `${uid}\n<gid start='20' target='1005' count='10'/>\n${gid}`,
    'CONFIG_UNSUPPORTED',
    'domain/idmap/gid 8:1',
    'ids 1000 to 1009 overlap ids 1005 to 1014 of line 7 on the host',
  ],
  [
    'more ranges than the kernel takes',
    `${Array.from({ length: 341 }, (_, n) => `<uid start='${n}' target='${2 * n}' count='1'/>`).join('\n')}\n${gid}`,
    'CONFIG_UNSUPPORTED',
    'domain/idmap/uid 346:1',
    'no more than 340 ranges',
  ],
  [
    'a map that is too long as text',
    // 24 bytes each but the first, which has 15: 171 of them are 4095.
    `${Array.from({ length: 200 }, (_, n) => `<uid start='${n === 0 ? 0 : 1000000000 + 2 * n}' target='${2000000000 + n}' count='1'/>`).join('\n')}\n${gid}`,
    'CONFIG_UNSUPPORTED',
    'domain/idmap/uid 177:1',
    'and 4095 bytes as text',
  ],
];

const request = (attributes: string): string =>
  `<metadata><t:container xmlns:t='urn:tslxc:domain:1'>\n<t:idmap ${attributes}/></t:container></metadata>`;

/** Title, attributes of the request, code, what is at fault, words. */
const requests: readonly Row[] = [
  [
    'a request for no known way',
    "allocate='x'",
    'XML_ERROR',
    '/@allocate',
    "must be 'auto' or 'none'",
  ],
  ['a request that says nothing', '', 'XML_ERROR', '/@allocate', "must be 'auto' or 'none'"],
  [
    'a number of none',
    "allocate='none' count='9'",
    'XML_ERROR',
    '/@count',
    "does not go with allocate='none'",
  ],
  ['a request for no ids', "allocate='auto' count='0'", 'XML_ERROR', '/@count', 'from 1 to'],
  ['a request for too many', "allocate='auto' count='999999999'", 'XML_ERROR', '/@count', 'from 1'],
];

export const idMaps: Row[] = [
  ...contents.map(([title, content, code, at, words]): Row => [
    title,
    document({ elements: `<idmap>\n${content}</idmap>` }),
    code,
    at,
    words,
  ]),
  ...requests.map(([title, attributes, code, at, words]): Row => [
    title,
    document({ elements: request(attributes) }),
    code,
    `domain/metadata/t:container/t:idmap${at} 6:1`,
    words,
  ]),
  [
    'a request for ids beside an id map',
    document({ elements: `${request("allocate='auto'")}\n<idmap>${uid}${gid}</idmap>` }),
    'CONFIG_UNSUPPORTED',
    'domain/metadata/t:container/t:idmap 6:1',
    '<idmap> in line 7 chooses them',
  ],
  [
    'a request for the ids of the host beside an id map',
    document({ elements: `${request("allocate='none'")}\n<idmap>${uid}${gid}</idmap>` }),
    'CONFIG_UNSUPPORTED',
    'domain/metadata/t:container/t:idmap 6:1',
    'asks for the ids of the host, and <idmap> in line 7 chooses them',
  ],
  [
    'a request for the ids of the host beside a level that gives others',
    document({ elements: request("allocate='none'/><t:hardening level='isolated'") }),
    'CONFIG_UNSUPPORTED',
    'domain/metadata/t:container/t:idmap 6:1',
    'asks for the ids of the host, and the level isolated for others',
  ],
];
