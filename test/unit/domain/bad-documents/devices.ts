/** Wrong devices. */
import { document } from '../parse-context';
import type { Row } from './row';

/** A filesystem in line 8, column 5. */
const filesystem = (attributes: string, content: string) =>
  document({ devices: `    <filesystem ${attributes}>${content}</filesystem>` });

/** In `<t:container>`, in line 5, column 57. */
const own = (content: string) =>
  document({
    elements: `<metadata><t:container xmlns:t='urn:tslxc:domain:1'>    ${content}</t:container></metadata>`,
  });

const ours = 'domain/metadata/t:container';
const ends = "<source dir='/a'/><target dir='/b'/>";

const fs = 'domain/devices/filesystem';
const terminal = 'domain/devices/console';
export const devices: Row[] = [
  [
    'an unknown filesystem type',
    filesystem("type='zz'", ends),
    'XML_ERROR',
    `${fs}/@type 8:5`,
    "Invalid value for attribute 'type' in element 'filesystem': 'zz'",
  ],
  [
    'an unknown access mode',
    filesystem("accessmode='zz'", ends),
    'XML_ERROR',
    `${fs}/@accessmode 8:5`,
    "Invalid value for attribute 'accessmode'",
  ],
  [
    'a filesystem without a target',
    filesystem('', "<source dir='/a'/>"),
    'NO_TARGET',
    `${fs} 8:5`,
    'missing target information for device: /a',
  ],
  [
    'a filesystem with an empty target',
    filesystem('', "<source dir='/a'/><target dir=''/>"),
    'NO_TARGET',
    `${fs}/target 8:36`,
    'missing target information for device: /a',
  ],
  [
    'a filesystem without a source',
    filesystem('', "<target dir='/b'/>"),
    'NO_SOURCE',
    `${fs} 8:5`,
    'missing source information for device: /b',
  ],
  [
    'the source of another type',
    filesystem("type='mount'", "<source file='/a'/><target dir='/b'/>"),
    'NO_SOURCE',
    `${fs}/source 8:30`,
    'missing source information for device: /b',
  ],
  [
    'a memory filesystem without a size',
    filesystem("type='ram'", "<target dir='/b'/>"),
    'XML_ERROR',
    `${fs} 8:5`,
    "missing 'usage' attribute for RAM filesystem",
  ],
  [
    'a memory filesystem of a bad size',
    filesystem("type='ram'", "<source usage='zz'/><target dir='/b'/>"),
    'XML_ERROR',
    `${fs}/source/@usage 8:28`,
    "cannot parse usage 'zz' for RAM filesystem",
  ],
  [
    'a memory filesystem that is too large',
    filesystem(
      "type='ram'",
      "<source usage='9223372036854775808' units='bytes'/><target dir='/b'/>",
    ),
    'XML_ERROR',
    `${fs}/source 8:28`,
    'value too large: 9223372036854775808bytes',
  ],
  [
    'a memory filesystem of a bad unit',
    filesystem("type='ram'", "<source usage='1' units='zz'/><target dir='/b'/>"),
    'INVALID_ARG',
    `${fs}/source/@units 8:28`,
    "unknown suffix 'zz'",
  ],
  [
    'two filesystem drivers',
    filesystem("type='file'", "<driver/><driver/><source file='/a'/><target dir='/b'/>"),
    'XML_ERROR',
    `${fs}/driver 8:38`,
    'element <driver> appears more than once',
  ],
  [
    'options of a filesystem without a target',
    own("<t:filesystem recursive='yes'/>"),
    'XML_ERROR',
    `${ours}/t:filesystem/@target 5:57`,
    'target of <t:filesystem> must be an absolute path',
  ],
  [
    'an unknown propagation',
    own("<t:filesystem target='/' propagation='zz'/>"),
    'XML_ERROR',
    `${ours}/t:filesystem/@propagation 5:57`,
    'propagation of <t:filesystem> must be one of private, slave, shared',
  ],
  [
    'an overlay without a layer',
    own("<t:overlay target='/'/>"),
    'XML_ERROR',
    `${ours}/t:overlay/@upper 5:57`,
    'upper of <t:overlay> must be an absolute path',
  ],
  [
    'a lower layer with a relative path',
    own("<t:overlay target='/' upper='/u'><t:lower dir='a'/></t:overlay>"),
    'XML_ERROR',
    `${ours}/t:overlay/t:lower/@dir 5:90`,
    'dir of <t:lower> must be an absolute path',
  ],
  [
    'no signal',
    own("<t:stop signal='SIGNOTHING'/>"),
    'XML_ERROR',
    `${ours}/t:stop/@signal 5:57`,
    'signal of <t:stop> must be a signal such as SIGQUIT, SIGRTMIN+3 or 3',
  ],
  [
    'an unknown image format',
    filesystem("type='file'", "<driver format='zz'/><source file='/a'/><target dir='/b'/>"),
    'CONFIG_UNSUPPORTED',
    `${fs}/driver/@format 8:29`,
    "unknown driver format value 'zz'",
  ],
  [
    'an unknown filesystem driver',
    filesystem("type='file'", "<driver type='zz'/><source file='/a'/><target dir='/b'/>"),
    'XML_ERROR',
    `${fs}/driver/@type 8:29`,
    "Invalid value for attribute 'type' in element 'driver': 'zz'",
  ],
  [
    'a bad file mode',
    filesystem("fmode='9'", ends),
    'XML_ERROR',
    `${fs}/@fmode 8:5`,
    "invalid fmode: '9'",
  ],
  [
    'an unknown console',
    document({ devices: "<console type='zz'/>" }),
    'CONFIG_UNSUPPORTED',
    `${terminal}/@type 8:1`,
    'unknown type presented to host for character device: zz',
  ],
  [
    'an unknown console target',
    document({ devices: "<console>\n<target type='zz'/></console>" }),
    'CONFIG_UNSUPPORTED',
    `${terminal}/target/@type 9:1`,
    "unknown target type 'zz' specified for character device",
  ],
  [
    'a console port in words',
    document({ devices: "<console><target port='zz'/></console>" }),
    'XML_ERROR',
    `${terminal}/target/@port 8:10`,
    "Invalid value for attribute 'port' in element 'target': 'zz'",
  ],
  [
    'a log of a console that is neither appended to nor begun anew',
    document({ devices: "<console><log file='/x' append='zz'/></console>" }),
    'XML_ERROR',
    `${terminal}/log/@append 8:10`,
    "Invalid value for attribute 'append' in element 'log': 'zz'",
  ],
  [
    'a console with two logs',
    document({ devices: "<console><log file='/x'/>\n<log file='/y'/></console>" }),
    'XML_ERROR',
    `${terminal}/log 9:1`,
    'element <log> appears more than once',
  ],
];
