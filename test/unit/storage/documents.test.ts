/** Documents of storage pools and volumes: how they are read and printed, and which are refused, in libvirt's words. */
import { TslxcError } from '../../../lib/errors';
import { formatPool } from '../../../lib/storage/definition/format-pool';
import { parsePool } from '../../../lib/storage/definition/parse-pool';
import { parseVolume } from '../../../lib/storage/definition/parse-volume';
import { document, parse } from './parse-context';

type Row = readonly [title: string, xml: string, code: string, at: string, words: string];

const target = '  <target><path>/srv/disks</path></target>';

const pools: readonly Row[] = [
  [
    'another root',
    '<network/>',
    'XML_ERROR',
    'network 1:1',
    "expecting root element of 'pool', not 'network'",
  ],
  [
    'no type',
    '<pool/>',
    'XML_ERROR',
    'pool 1:1',
    "Missing required attribute 'type' in element 'pool'",
  ],
  [
    'a type that nobody knows',
    "<pool type='x'/>",
    'XML_ERROR',
    'pool/@type 1:1',
    "Invalid value for attribute 'type' in element 'pool': 'x'",
  ],
  [
    'a type without a driver',
    "<pool type='disk'/>",
    'INTERNAL_ERROR',
    'pool/@type 1:1',
    'missing backend for pool type 4 (disk)',
  ],
  ['no name', "<pool type='dir'/>", 'XML_ERROR', 'pool 1:1', 'missing pool source name element'],
  [
    'a name with a slash',
    "<pool type='dir'><name>a/b</name></pool>",
    'XML_ERROR',
    'pool/name 1:18',
    "name a/b cannot contain '/'",
  ],
  [
    'a uuid that is none',
    document('  <uuid>zz</uuid>'),
    'INTERNAL_ERROR',
    'pool/uuid 3:3',
    'malformed uuid element',
  ],
  ['no target', document(''), 'XML_ERROR', 'pool 1:1', 'missing storage pool target path'],
  [
    'a target without a path',
    document('  <target/>'),
    'XML_ERROR',
    'pool/target 3:3',
    'missing storage pool target path',
  ],
  [
    'an empty path',
    document('  <target><path/></target>'),
    'XML_ERROR',
    'pool/target/path 3:11',
    'missing storage pool target path',
  ],
  [
    'a relative path',
    document('  <target><path>disks</path></target>'),
    'XML_ERROR',
    'pool/target/path 3:11',
    "path 'disks' is not absolute",
  ],
  [
    'two targets',
    document(`${target}\n${target}`),
    'XML_ERROR',
    'pool/target 4:3',
    'element <target> appears more than once',
  ],
  [
    'a mode that is not octal',
    document('  <target><path>/a</path><permissions><mode>9</mode></permissions></target>'),
    'XML_ERROR',
    'pool/target/permissions/mode 3:39',
    'malformed octal mode',
  ],
  [
    'a mode that is too large',
    document('  <target><path>/a</path><permissions><mode>10000</mode></permissions></target>'),
    'XML_ERROR',
    'pool/target/permissions/mode 3:39',
    'malformed octal mode',
  ],
  [
    'an owner that is a name',
    document('  <target><path>/a</path><permissions><owner>root</owner></permissions></target>'),
    'XML_ERROR',
    'pool/target/permissions/owner 3:39',
    'malformed owner element',
  ],
  [
    'a group that is too large',
    document(
      '  <target><path>/a</path><permissions><group>4294967295</group></permissions></target>',
    ),
    'XML_ERROR',
    'pool/target/permissions/group 3:39',
    'malformed group element',
  ],
  [
    'a state that is neither',
    document(`  <features><cow state='maybe'/></features>\n${target}`),
    'XML_ERROR',
    'pool/features/cow/@state 3:13',
    "Invalid value for attribute 'state' in element 'cow': 'maybe'",
  ],
];

const fs = (source: string): string =>
  `<pool type='fs'><name>a</name>${source}<target><path>/a</path></target></pool>`;

const mounted: readonly Row[] = [
  ['no source', fs(''), 'XML_ERROR', 'pool 1:1', 'missing storage pool source device name'],
  [
    'no device',
    fs('<source/>'),
    'XML_ERROR',
    'pool/source 1:31',
    'missing storage pool source device name',
  ],
  [
    'two devices',
    fs("<source><device path='/b'/><device path='/c'/></source>"),
    'XML_ERROR',
    'pool/source/device 1:58',
    'a pool of type fs has one source device',
  ],
  [
    'a format that nobody knows',
    fs("<source><device path='/b'/><format type='x'/></source>"),
    'CONFIG_UNSUPPORTED',
    'pool/source/format/@type 1:58',
    'unknown pool format type x',
  ],
];

test('a pool of type fs says what is mounted', () => {
  const text = formatPool(parse(fs("<source><device path='/dev/vdb'/></source>")));
  expect(text).toContain(
    "  <source>\n    <device path='/dev/vdb'/>\n    <format type='auto'/>\n  </source>\n",
  );
  expect(formatPool(parse(text))).toBe(text);
});

const sized = '<capacity>1</capacity>';

const volumes: readonly Row[] = [
  [
    'another root',
    '<vol/>',
    'XML_ERROR',
    'vol 1:1',
    "expecting root element of 'volume', not 'vol'",
  ],
  [
    'a type that nobody knows',
    "<volume type='x'/>",
    'CONFIG_UNSUPPORTED',
    'volume/@type 1:1',
    "unknown volume type 'x'",
  ],
  [
    'no name',
    `<volume>${sized}</volume>`,
    'XML_ERROR',
    'volume 1:1',
    'missing volume name element',
  ],
  [
    'a name with a slash',
    `<volume><name>../a</name>${sized}</volume>`,
    'OPERATION_INVALID',
    'volume/name 1:9',
    "volume name '../a' cannot contain '/'",
  ],
  [
    'the folder itself',
    `<volume><name>.</name>${sized}</volume>`,
    'OPERATION_INVALID',
    'volume/name 1:9',
    "can't be the name of a file",
  ],
  [
    'the folder above',
    `<volume><name>..</name>${sized}</volume>`,
    'OPERATION_INVALID',
    'volume/name 1:9',
    "can't be the name of a file",
  ],
  [
    'a line break in a name',
    `<volume><name>a&#10;b</name>${sized}</volume>`,
    'OPERATION_INVALID',
    'volume/name 1:9',
    "can't be the name of a file",
  ],
  [
    'no capacity',
    '<volume><name>a</name></volume>',
    'XML_ERROR',
    'volume 1:1',
    'missing capacity element',
  ],
  [
    'a negative capacity',
    '<volume><name>a</name><capacity>-1</capacity></volume>',
    'XML_ERROR',
    'volume/capacity 1:23',
    'malformed capacity element',
  ],
  [
    'an unknown unit',
    "<volume><name>a</name><capacity unit='z'>1</capacity></volume>",
    'INVALID_ARG',
    'volume/capacity/@unit 1:23',
    "unknown suffix 'z'",
  ],
  [
    'a size that is no exact number',
    "<volume><name>a</name><capacity unit='EiB'>1</capacity></volume>",
    'XML_ERROR',
    'volume/capacity 1:23',
    'value too large: 1EiB',
  ],
  [
    'an unknown format',
    `<volume><name>a</name>${sized}<target><format type='auto'/></target></volume>`,
    'CONFIG_UNSUPPORTED',
    'volume/target/format/@type 1:53',
    'unknown volume format type auto',
  ],
  [
    'encryption',
    `<volume><name>a</name>${sized}<target><encryption format='luks'/></target></volume>`,
    'CONFIG_UNSUPPORTED',
    'volume/target/encryption 1:53',
    'encryption of volumes is not carried out',
  ],
  [
    '<nocow>',
    `<volume><name>a</name>${sized}<target><nocow/></target></volume>`,
    'CONFIG_UNSUPPORTED',
    'volume/target/nocow 1:53',
    '<nocow> is not carried out',
  ],
  [
    'a version that is none',
    `<volume><name>a</name>${sized}<target><compat>1.1,x=y</compat></target></volume>`,
    'XML_ERROR',
    'volume/target/compat 1:53',
    "forbidden characters in 'compat' attribute",
  ],
  [
    'a relative backing store',
    `<volume><name>a</name>${sized}<backingStore><path>b</path></backingStore></volume>`,
    'XML_ERROR',
    'volume/backingStore/path 1:59',
    "path 'b' is not absolute",
  ],
];

function refusal(read: () => unknown): TslxcError {
  try {
    read();
  } catch (error) {
    if (TslxcError.is(error)) return error;
    throw error;
  }
  throw new Error('the document was accepted');
}

function checkRow([, , code, at, words]: Row, error: TslxcError): void {
  expect(error.name).toBe('DefinitionError');
  const { element, line, column } = error;
  expect({ code: error.code, at: `${element} ${line}:${column}` }).toEqual({ code, at });
  expect(error.message).toContain(words);
}

test.each([...pools, ...mounted])('a pool with %s is refused', (...row) => {
  checkRow(
    row,
    refusal(() => parse(row[1])),
  );
});

test.each(volumes)('a volume with %s is refused', (...row) => {
  checkRow(
    row,
    refusal(() => parseVolume(row[1], 'new')),
  );
});

test('a pool is printed in the style of libvirt, and read again as the same', () => {
  const xml = `<pool type='dir' colour='red'>
  <source><vendor name='v'/><host name='h'/></source>
  <capacity unit='GiB'>7</capacity>
  <name>disks</name>
  <target><permissions><group>7</group><mode>750</mode><owner>-1</owner></permissions><path>//srv///disks/</path></target>
  <features><cow state='no'/></features>
</pool>`;
  const definition = parse(xml);
  expect(definition.unknown).toEqual([{ path: 'pool/@colour', position: { line: 1, column: 1 } }]);
  const text = formatPool(definition);
  expect(text).toBe(`<pool type='dir'>
  <name>disks</name>
  <uuid>5c6a1d3e-4f0b-4c1a-9d2e-0a1b2c3d4e5f</uuid>
  <capacity unit='bytes'>0</capacity>
  <allocation unit='bytes'>0</allocation>
  <available unit='bytes'>0</available>
  <features>
    <cow state='no'/>
  </features>
  <source>
    <vendor name='v'/>
  </source>
  <target>
    <path>/srv/disks</path>
    <permissions>
      <mode>0750</mode>
      <group>7</group>
    </permissions>
  </target>
</pool>
`);
  expect(formatPool(parse(text))).toBe(text);
});

test('an active pool says how much room it has, and what its folder is like', () => {
  const permissions = { mode: 0o711, owner: 0, group: 0 };
  const room = { capacity: 10, allocation: 4, available: 6 };
  const text = formatPool(parse(document(target)), { ...room, permissions });
  expect(text).toContain("<capacity unit='bytes'>10</capacity>");
  expect(text).toContain("<available unit='bytes'>6</available>");
  expect(text).toContain('<mode>0711</mode>\n      <owner>0</owner>\n      <group>0</group>');
});

test('a stored pool with a word of a newer version is refused', () => {
  const context = { newUuid: () => '', unknown: 'refused' } as const;
  const error = refusal(() => parsePool(document(`  <more/>\n${target}`), context));
  expect(error.message).toContain('unknown element <more>');
});

test('all that a volume may say is read', () => {
  const xml = `<volume type='file'>
  <name>disk.qcow2</name><key>/somewhere/else</key>
  <capacity unit='M'>1</capacity><allocation>7</allocation>
  <target>
    <path>/somewhere/else</path><format type='qcow2'/><compat>1.1</compat>
    <permissions><mode>0640</mode><owner>1</owner><group>2</group></permissions>
    <clusterSize unit='KiB'>128</clusterSize><features><lazy_refcounts/></features>
  </target>
  <backingStore><path>/srv//base</path><format type='raw'/></backingStore>
</volume>`;
  expect(parseVolume(xml, 'new')).toEqual({
    name: 'disk.qcow2',
    capacity: 1_048_576,
    allocation: 7,
    format: 'qcow2',
    compat: '1.1',
    clusterSize: 131_072,
    lazyRefcounts: true,
    permissions: { mode: 0o640, owner: 1, group: 2 },
    backingStore: { path: '/srv/base', format: 'raw' },
  });
});

test('an empty size says nothing', () => {
  const xml = '<volume><name>a</name><capacity>1</capacity><allocation/></volume>';
  expect(parseVolume(xml, 'new').allocation).toBeUndefined();
});

test('a copy and a layer need no capacity', () => {
  expect(parseVolume('<volume><name>a</name></volume>', 'copy').capacity).toBeUndefined();
  const layer = '<volume><name>a</name><backingStore><path>/b</path></backingStore></volume>';
  expect(parseVolume(layer, 'new').backingStore).toEqual({ path: '/b', format: 'raw' });
});
