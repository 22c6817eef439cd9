/** Filesystems that may be defined and not started, each with its place; the words of our own namespace too. */
import { checkStartable } from '../../../../lib/domain/validate';
import { TslxcError } from '../../../../lib/errors';
import { document, parse } from '../parse-context';

const one = (type: string, source: string, target: string): string =>
  `<filesystem type='${type}'><source ${source}/><target dir='${target}'/></filesystem>`;

interface Parts {
  readonly options?: string;
  readonly devices?: string;
  readonly map?: 'none' | 'root';
}

/** Options stand in line 6, column 1, devices in line 9, column 1. */
function refusalOf({ options = '', devices = '', map = 'none' }: Parts): TslxcError | undefined {
  const elements = `<metadata><tslxc:container xmlns:tslxc='urn:tslxc:domain:1'>
${options}</tslxc:container></metadata>`;
  const definition = parse(document({ elements, devices }));
  const position = { line: 1, column: 1 };
  const range = { start: 0, target: 100_000, count: 65_536, position };
  const idMap = { uids: [range], gids: [range], position };
  try {
    checkStartable(map === 'root' ? { ...definition, idMap } : definition);
    return undefined;
  } catch (error) {
    if (TslxcError.is(error)) return error;
    throw error;
  }
}

const fs = 'domain/devices/filesystem';
const own = 'domain/metadata/tslxc:container';
const base = one('mount', "dir='/base'", '/');
const data = one('mount', "dir='/srv'", '/data');

const rows: readonly (readonly [title: string, parts: Parts, at: string, words: string])[] = [
  [
    'memory as the root',
    { devices: one('ram', "usage='1'", '/') },
    `${fs}/@type 9:1`,
    'Unsupported root filesystem type ram',
  ],
  [
    'a place of the container as its root',
    { devices: one('bind', "dir='/a'", '/') },
    `${fs}/@type 9:1`,
    'Unsupported root filesystem type bind',
  ],
  [
    'the root by another name, which would be mounted over the host’s',
    { devices: one('mount', "dir='/base'", '/.') },
    `${fs}/target 9:1`,
    "filesystem target '/.' must be written without '.' and '..'",
  ],
  [
    'a target that leads upwards',
    { devices: one('mount', "dir='/base'", '/a/..') },
    `${fs}/target 9:1`,
    "filesystem target '/a/..' must be written without '.' and '..'",
  ],
  [
    'memory without a size',
    { devices: one('ram', "usage='0'", '/a') },
    `${fs}/source 9:1`,
    'usage of a RAM filesystem must be more than 0',
  ],
  [
    'a template as the root',
    { devices: one('template', "name='t'", '/') },
    `${fs}/@type 9:1`,
    'Unsupported root filesystem type template',
  ],
  [
    'no volume',
    { devices: one('volume', '', '/a') },
    `${fs}/@type 9:1`,
    'Cannot mount filesystem type volume',
  ],
  [
    'another driver',
    {
      devices: one('file', "file='/a'", '/a').replace('<source', "<driver type='handle'/><source"),
    },
    `${fs}/driver/@type 9:25`,
    'fs driver handle is not supported',
  ],
  [
    'another format in a loop device',
    {
      devices: one('file', "file='/a'", '/a').replace(
        '<source',
        "<driver type='loop' format='qcow2'/><source",
      ),
    },
    `${fs}/driver/@format 9:25`,
    'fs format qcow2 is not supported',
  ],
  [
    'mapped ids of the host’s root',
    { devices: one("mount' accessmode='mapped", "dir='/'", '/'), map: 'root' },
    `${fs}/@accessmode 9:1`,
    "would make the container's root the owner of the host's /",
  ],
  [
    'options for no filesystem',
    { options: "<tslxc:filesystem target='/none' recursive='yes'/>", devices: data },
    `${own}/tslxc:filesystem 6:1`,
    "no filesystem has the target '/none'",
  ],
  [
    'options twice',
    {
      options: "<tslxc:filesystem target='/data'/>\n<tslxc:filesystem target='/data/.'/>",
      devices: `\n${data}`,
    },
    `${own}/tslxc:filesystem 7:1`,
    "target '/data/.' is already used in line 6",
  ],
  [
    'a recursive image',
    {
      options: "<tslxc:filesystem target='/data' recursive='yes'/>",
      devices: one('file', "file='/a'", '/data'),
    },
    `${own}/tslxc:filesystem 6:1`,
    'recursive has no meaning',
  ],
  [
    'propagation from memory',
    {
      options: "<tslxc:filesystem target='/data' propagation='slave'/>",
      devices: one('ram', "usage='1'", '/data'),
    },
    `${own}/tslxc:filesystem 6:1`,
    'mounts are propagated only from a tree of the host',
  ],
  [
    'propagation to what is read-only',
    {
      options: "<tslxc:filesystem target='/data' propagation='slave'/>",
      devices: data.replace('<source', '<readonly/><source'),
    },
    `${own}/tslxc:filesystem 6:1`,
    'what is mounted later would not be read-only',
  ],
  [
    'a shared root',
    { options: "<tslxc:filesystem target='/' propagation='shared'/>", devices: base },
    `${own}/tslxc:filesystem 6:1`,
    "a shared root would mount the container's /dev",
  ],
  [
    'a shared tree with a map',
    {
      options: "<tslxc:filesystem target='/data' propagation='shared'/>",
      devices: data,
      map: 'root',
    },
    `${own}/tslxc:filesystem 6:1`,
    'with an <idmap> the container may not mount on the host',
  ],
  [
    'a filesystem in a shared tree',
    {
      options: "<tslxc:filesystem target='/data' propagation='shared'/>",
      devices: data + one('ram', "usage='1'", '/data/x'),
    },
    `${own}/tslxc:filesystem 6:1`,
    'the filesystem in line 9 would be mounted on the host below it',
  ],
  [
    'an overlay of nothing',
    { options: "<tslxc:overlay target='/' upper='/u'/>", devices: data },
    `${own}/tslxc:overlay 6:1`,
    "no filesystem has the target '/'",
  ],
  [
    'an overlay of memory',
    {
      options: "<tslxc:overlay target='/data' upper='/u'/>",
      devices: one('ram', "usage='1'", '/data'),
    },
    `${own}/tslxc:overlay 6:1`,
    "a filesystem of type ram can't be the base of an overlay",
  ],
  [
    'an overlay inside its base',
    { options: "<tslxc:overlay target='/' upper='/base/u'/>", devices: base },
    `${own}/tslxc:overlay 6:1`,
    "upper '/base/u' and the source '/base' overlap",
  ],
  [
    'a layer for writing inside one that is read',
    {
      options: "<tslxc:overlay target='/' upper='/low/u'><tslxc:lower dir='/low'/></tslxc:overlay>",
      devices: base,
    },
    `${own}/tslxc:overlay/tslxc:lower 6:42`,
    "upper '/low/u' and the layer '/low' overlap",
  ],
  [
    'the host’s root as a lower layer',
    {
      options: "<tslxc:overlay target='/' upper='/u'><tslxc:lower dir='/'/></tslxc:overlay>",
      devices: base,
    },
    `${own}/tslxc:overlay/tslxc:lower 6:38`,
    "the host's own / can't be a lower layer",
  ],
  [
    'more layers than overlayfs takes',
    {
      options: `<tslxc:overlay target='/' upper='/u'>${"<tslxc:lower dir='/l'/>".repeat(128)}</tslxc:overlay>`,
      devices: base,
    },
    `${own}/tslxc:overlay 6:1`,
    "an overlay has at most 128 layers below 'upper'",
  ],
  [
    'two overlays with one layer',
    {
      options: "<tslxc:overlay target='/' upper='/u'/><tslxc:overlay target='/data' upper='/u/v'/>",
      devices: base + data,
    },
    `${own}/tslxc:overlay 6:39`,
    "upper '/u/v' is already used in line 6",
  ],
  [
    'an overlay of the host’s root with a map',
    {
      options: "<tslxc:overlay target='/' upper='/u'/>",
      devices: one('mount', "dir='/'", '/'),
      map: 'root',
    },
    `${own}/tslxc:overlay 6:1`,
    "the host's own / can't be the base of an overlay",
  ],
];

const titled = rows.map((row) => [row[0], row] as const);

test.each(titled)('%s is refused at start, with its place', (_title, [, parts, at, words]) => {
  const error = refusalOf(parts);
  expect(error?.code).toBe('CONFIG_UNSUPPORTED');
  expect(error?.message).toContain(words);
  expect(`${error?.element} ${error?.line}:${error?.column}`).toBe(at);
});

test('an id map that is chosen at the start counts as one', () => {
  const shared = "<tslxc:filesystem target='/data' propagation='shared'/>";
  const auto = "<tslxc:idmap allocate='auto'/>";
  expect(refusalOf({ options: shared + auto, devices: data })?.message).toContain(
    'with an <idmap> the container may not mount on the host',
  );
  const mapped = one("mount' accessmode='mapped", "dir='/a'", '/a');
  expect(refusalOf({ options: auto, devices: mapped })).toBeUndefined();
});

test('what is right is not refused', () => {
  const options = `<tslxc:filesystem target='/data' recursive='yes' propagation='shared'/>
<tslxc:filesystem target='/' propagation='slave'/><tslxc:overlay target='/image' upper='/u'/>`;
  const devices = base + data + one('file', "file='/a'", '/image') + one('ram', "usage='1'", '/x');
  expect(refusalOf({ options, devices })).toBeUndefined();
  const mapped = one("mount' accessmode='mapped", "dir='/a'", '/a');
  expect(refusalOf({ devices: base + mapped, map: 'root' })).toBeUndefined();
});
