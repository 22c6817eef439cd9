/** The options of pool-define-as and pool-create-as, and the definition of a pool that they make: virsh's, in its order. */
import { node, printXml, type PrintableElement } from '../../../domain/xml/print';
import type { BuiltXml } from '../../options/built-xml';
import type { Option, Options } from '../../shell/arguments';

/** Scripts give these by position, with a `-` for each that their pool has no use for: a pool of its type ignores it. */
const sourceOptions: readonly Option[] = [
  { name: 'source-host', kind: 'string', help: 'source-host for underlying storage' },
  {
    name: 'source-path',
    kind: 'string',
    help: 'source path for underlying storage',
    values: 'folder',
  },
  {
    name: 'source-dev',
    kind: 'string',
    help: 'source device for underlying storage',
    values: 'file',
  },
  { name: 'source-name', kind: 'string', help: 'name of the volume group' },
  { name: 'target', kind: 'string', help: 'target for underlying storage', values: 'folder' },
  { name: 'source-format', kind: 'string', help: 'format for underlying storage' },
];

/** What only pools have that are of no type here: it is read, and left out of the definition. */
const otherOptions: readonly Option[] = [
  ['auth-type', 'auth type to be used for underlying storage'],
  ['auth-username', 'auth username to be used for underlying storage'],
  ['secret-usage', 'auth secret usage to be used for underlying storage'],
  ['secret-uuid', 'auth secret UUID to be used for underlying storage'],
  ['adapter-name', 'adapter name to be used for underlying storage'],
  ['adapter-wwnn', 'adapter wwnn to be used for underlying storage'],
  ['adapter-wwpn', 'adapter wwpn to be used for underlying storage'],
  ['adapter-parent', 'adapter parent scsi_hostN to be used for underlying vHBA storage'],
  ['adapter-parent-wwnn', 'adapter parent scsi_hostN wwnn to be used for underlying vHBA storage'],
  ['adapter-parent-wwpn', 'adapter parent scsi_hostN wwpn to be used for underlying vHBA storage'],
  [
    'adapter-parent-fabric-wwn',
    'adapter parent scsi_hostN fabric_wwn to be used for underlying vHBA storage',
  ],
  ['source-protocol-ver', 'nfsvers value for NFS pool mount option'],
  ['source-initiator', 'initiator iqn for underlying storage'],
].map(([name = '', help = '']) => ({ name, kind: 'string', help }));

export const poolWordOptions: readonly Option[] = [
  { name: 'name', kind: 'string', help: 'name of the pool', positional: 'required' },
  { name: 'type', kind: 'string', help: 'type of the pool', positional: 'required' },
  { name: 'print-xml', kind: 'flag', help: "print XML document, but don't define/create" },
  ...[...sourceOptions, ...otherOptions].map((option): Option => ({
    ...option,
    positional: 'undocumented',
  })),
];

/** The option that each part of the `<pool>` is from. */
const parts: BuiltXml['parts'] = {
  '@type': 'type',
  name: 'name',
  'source/host': 'source-host',
  'source/dir': 'source-path',
  'source/device': 'source-dev',
  'source/initiator': 'source-initiator',
  'source/adapter': 'adapter-name',
  'source/adapter/@wwnn': 'adapter-wwnn',
  'source/adapter/@wwpn': 'adapter-wwpn',
  'source/auth': 'auth-type',
  'source/format': 'source-format',
  'source/name': 'source-name',
  'source/protocol': 'source-protocol-ver',
  target: 'target',
};

/** The `<pool>` for the options. @throws UsageError. */
export function builtPool(options: Options): BuiltXml {
  return { xml: poolXmlOf(options), root: 'pool', parts, options };
}

function poolXmlOf(options: Options): string {
  options.exclusive('secret-usage', 'secret-uuid');
  const source = sourceParts(options);
  return printXml(
    node('pool', { type: options.required('type') }, [
      node('name', {}, [options.required('name')]),
      ...(source.length === 0 ? [] : [node('source', {}, source)]),
      ...element(options, 'target', (path) => node('target', {}, [node('path', {}, [path])])),
    ]),
  );
}

/** The elements of `<source>`. Who is to log in, and a protocol, are nothing without one of the others. */
function sourceParts(options: Options): PrintableElement[] {
  const place = [
    ...element(options, 'source-host', (name) => node('host', { name })),
    ...element(options, 'source-path', (path) => node('dir', { path })),
    ...element(options, 'source-dev', (path) => node('device', { path })),
    ...element(options, 'source-initiator', (name) =>
      node('initiator', {}, [node('iqn', { name })]),
    ),
    ...adapter(options),
  ];
  const kind = [
    ...element(options, 'source-format', (type) => node('format', { type })),
    ...element(options, 'source-name', (name) => node('name', {}, [name])),
  ];
  if (place.length + kind.length === 0) return [];
  const protocol = element(options, 'source-protocol-ver', (ver) => node('protocol', { ver }));
  return [...place, ...login(options), ...kind, ...protocol];
}

function element(
  options: Options,
  name: string,
  make: (text: string) => PrintableElement,
): PrintableElement[] {
  const text = options.string(name);
  return text === undefined ? [] : [make(text)];
}

function adapter(options: Options): PrintableElement[] {
  const [wwnn, wwpn] = [options.string('adapter-wwnn'), options.string('adapter-wwpn')];
  if (wwnn !== undefined && wwpn !== undefined) {
    return [node('adapter', { type: 'fc_host', ...parentOf(options), wwnn, wwpn })];
  }
  return element(options, 'adapter-name', (name) => node('adapter', { type: 'scsi_host', name }));
}

function parentOf(options: Options): Record<string, string | undefined> {
  const [parent, wwnn, wwpn, fabric] = ['', '-wwnn', '-wwpn', '-fabric-wwn'].map((end) =>
    options.string(`adapter-parent${end}`),
  );
  if (parent !== undefined) return { parent };
  if (wwnn !== undefined && wwpn !== undefined) return { parent_wwnn: wwnn, parent_wwpn: wwpn };
  return { parent_fabric_wwn: fabric };
}

function login(options: Options): PrintableElement[] {
  const [type, username] = [options.string('auth-type'), options.string('auth-username')];
  const [usage, uuid] = [options.string('secret-usage'), options.string('secret-uuid')];
  if (type === undefined || username === undefined) return [];
  if (usage === undefined && uuid === undefined) return [];
  return [node('auth', { type, username }, [node('secret', { usage, uuid })])];
}
