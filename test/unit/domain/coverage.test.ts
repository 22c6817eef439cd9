/** Every word of the table: what a start does with it is what the table says. */
import { closedElements, coverageRows, type CoverageRow } from '../../../lib/domain/coverage';
import { formatDomain } from '../../../lib/domain/format';
import { checkStartable } from '../../../lib/domain/validate';
import { startsWithout } from '../../../lib/domain/warnings';
import { TslxcError } from '../../../lib/errors';
import { document, parse, withoutPositions } from './parse-context';

/** A document around an element with these attributes and this content. */
type Around = (attributes: string, content: string) => string;

const inDomain =
  (name: string, before = ''): Around =>
  (attributes, content) =>
    document({ elements: `<${name} ${attributes}>${before}${content}</${name}>` });

const inDevice =
  (start: string, content: string): Around =>
  (attributes, more) => {
    const [name = ''] = start.split(' ');
    return document({ devices: `<${start} ${attributes}>${content}${more}</${name}>` });
  };

/** What the `<source>` of a filesystem has, by its type. */
function sourceOf(attributes: string): string {
  if (attributes.includes('template')) return "name='t'";
  return attributes.includes('volume') ? "pool='p' volume='v'" : "dir='/a'";
}

const bridge = "<source bridge='br0'/>";
const disk = (source: string, target: string) =>
  `<source dev='/dev/vdx' ${source}/><target dev='vda' ${target}/>`;
const storage = "hostdev mode='capabilities' type='storage'";
const network = "hostdev mode='capabilities' type='net'";
const os = (attributes: string, content: string): string =>
  document({}).replace('<os>', `<os ${attributes}>`).replace('</os>', `${content}</os>`);

/** Around the elements of which anything is not carried out; `of` stands behind a blank. */
const arounds: Readonly<Record<string, Around>> = {
  domain: (_attributes, content) => document({ elements: content }),
  'domain/memory': (attributes) => document({}).replace('<memory>', `<memory ${attributes}>`),
  'domain/vcpu': (attributes) => document({ elements: `<vcpu ${attributes}>1</vcpu>` }),
  'domain/memtune': inDomain('memtune'),
  'domain/cputune': inDomain('cputune'),
  'domain/numatune': inDomain('numatune'),
  'domain/numatune/memory': (attributes) => {
    const nodes = attributes.includes('placement') ? '' : "nodeset='0'";
    return document({ elements: `<numatune><memory ${attributes} ${nodes}/></numatune>` });
  },
  'domain/resource': inDomain('resource', '<partition>/p</partition>'),
  'domain/os': os,
  'domain/os/type': (attributes) => document({}).replace('<type>', `<type ${attributes}>`),
  'domain/features': inDomain('features'),
  'domain/clock': (attributes, content) =>
    document({ elements: `<clock ${attributes}>${content}</clock>` }),
  'domain/on_poweroff': inDomain('on_poweroff'),
  'domain/on_reboot': inDomain('on_reboot'),
  'domain/on_crash': inDomain('on_crash'),
  'domain/devices': (_attributes, content) => document({ devices: content }),
  'domain/devices/filesystem': (attributes, content) =>
    document({
      devices: `<filesystem ${attributes}><source ${sourceOf(attributes)}/><target dir='/b'/>${content}</filesystem>`,
    }),
  'domain/devices/filesystem/source': (attributes) =>
    document({
      devices: attributes.startsWith('dir=')
        ? `<filesystem type='block'><source dev='/dev/x' ${attributes}/><target dir='/b'/></filesystem>`
        : `<filesystem><source dir='/a' ${attributes}/><target dir='/b'/></filesystem>`,
    }),
  'domain/devices/filesystem/driver type file': (attributes) =>
    imageFilesystem(attributes.startsWith('format=') ? `type='nbd' ${attributes}` : attributes),
  'domain/devices/disk': (attributes, content) =>
    document({
      devices: `<disk ${attributes.includes('type=') ? attributes : `type='block' ${attributes}`}>${disk('', '')}${content}</disk>`,
    }),
  'domain/devices/disk/driver type file': (attributes, content) =>
    document({
      devices: `<disk type='file'><driver ${attributes}>${content}</driver><source file='/x'/><target dev='vda'/></disk>`,
    }),
  'domain/devices/disk/source': (attributes, content) => {
    const [type, source] = attributes.startsWith('dev=')
      ? ['file', "file='/x'"]
      : ['block', "dev='/dev/x'"];
    return document({
      devices: `<disk type='${type}'><source ${source} ${attributes}>${content}</source><target dev='vda'/></disk>`,
    });
  },
  'domain/devices/disk/target': (attributes) =>
    document({ devices: `<disk type='block'>${disk('', attributes)}</disk>` }),
  'domain/devices/interface': inDevice("interface type='bridge'", bridge),
  'domain/devices/interface/mac': (attributes) =>
    inDevice("interface type='bridge'", `${bridge}<mac ${attributes}/>`)('', ''),
  'domain/devices/interface/target': (attributes) =>
    inDevice("interface type='ethernet'", `<target ${attributes}/>`)('', ''),
  'domain/devices/interface/virtualport': switched,
  'domain/devices/interface/virtualport/parameters': (attributes) =>
    switched("type='openvswitch'", `<parameters ${attributes}/>`),
  'domain/devices/interface/filterref/parameter': (attributes) =>
    filtered("filter='clean-traffic'", `<parameter ${attributes} value='x'/>`),
  'domain/devices/console': (attributes, content) =>
    document({ devices: `<console type='pty' ${attributes}>${content}</console>` }),
  'domain/devices/console/source': (attributes) =>
    document({ devices: `<console type='pty'><source ${attributes}/></console>` }),
  'domain/devices/console/target': (attributes) =>
    document({ devices: `<console type='pty'><target ${attributes}/></console>` }),
  'domain/devices/hostdev type storage, misc and usb': inDevice(
    storage,
    '<source><block>/dev/x</block></source>',
  ),
  'domain/devices/hostdev/source type usb': (attributes) =>
    document({
      devices: `<hostdev type='usb'><source ${attributes}><address bus='1' device='2'/></source></hostdev>`,
    }),
  'domain/devices/hostdev type net': inDevice(network, '<source><interface>e</interface></source>'),
};

/** What the words of a row that depend on more than a word and its value stand for. */
const cases: Readonly<Record<string, string>> = {
  "<timer name='rtc'/> with an offset other than localtime": timerOf('utc', 'rtc'),
  "<timer name='hpet'/> with an offset other than localtime": timerOf('utc', 'hpet'),
  "any other <timer/> with offset='localtime'": timerOf('localtime', 'pit'),
  "accessmode='mapped' without an <idmap>": shared('mapped', ''),
  "accessmode='squash' without an <idmap>": shared('squash', ''),
  "accessmode='squash' with an <idmap>": shared('squash', idMap()),
  "accessmode='mapped' of type ram or bind": document({
    elements: idMap(),
    devices:
      "<filesystem type='ram' accessmode='mapped'><source usage='1'/><target dir='/b'/></filesystem>",
  }),
  '<driver> of a type other than file': document({
    devices: "<filesystem><driver type='path'/><source dir='/a'/><target dir='/b'/></filesystem>",
  }),
  'a limit of space of type bind': limited("type='bind'", "dir='/a'"),
  'a limit of space of type file or block': limited("type='file'", "file='/a'"),
  'a limit of space of type ram that is less than its usage': limited("type='ram'", "usage='2'"),
  "a limit of space of the host's own /": limited('', "dir='/'"),
  'a limit of space without an <idmap>': limited('', "dir='/a'", { elements: '' }),
  'a limit of space with <readonly>': limited('', "dir='/a'", { content: '<readonly/>' }),
  "a format other than raw with type='loop'": imageFilesystem("type='loop' format='qcow2'"),
  'a format other than raw without a type': imageFilesystem("format='qcow2'"),
  "type='nbd' without a format": imageFilesystem("type='nbd'"),
  "<driver> with type='block'": document({
    devices:
      "<disk type='block'><driver name='loop'/><source dev='/dev/x'/><target dev='vda'/></disk>",
  }),
  'an empty drive': document({
    devices: "<disk type='file' device='cdrom'><target dev='sdc'/></disk>",
  }),
  'a name other than loop and nbd': image("name='qemu'"),
  "a type other than raw with name='loop'": image("name='loop' type='qcow2'"),
  "name='nbd' without a type": image("name='nbd'"),
  'a cache other than default and none with nbd': image("type='qcow2' cache='writeback'"),
  'a type other than bridge, network, direct and ethernet': document({
    devices: "<interface type='user'/>",
  }),
  "<virtualport> with type='direct'": document({
    devices: "<interface type='direct'><source dev='e'/><virtualport/></interface>",
  }),
  "<virtualport> with type='ethernet'": document({
    devices: "<interface type='ethernet'><virtualport type='openvswitch'/></interface>",
  }),
  "no type, with type='bridge' of the interface": switched('', ''),
  "<filterref> with type='direct'": document({
    devices: "<interface type='direct'><source dev='e'/><filterref filter='x'/></interface>",
  }),
  "<filterref> with type='ethernet'": document({
    devices: "<interface type='ethernet'><filterref filter='clean-traffic'/></interface>",
  }),
  '<portForward> with a type other than network': document({
    devices: "<interface type='ethernet'><portForward proto='tcp'/></interface>",
  }),
  'any other filter': filtered("filter='mine'", ''),
  'a parameter of any other name': filtered(
    "filter='clean-traffic'",
    "<parameter name='GATEWAY' value='x'/>",
  ),
  'a type other than pty': document({ devices: "<console type='null'/>" }),
  "mode='subsystem' of a type other than usb": document({
    devices: "<hostdev mode='subsystem' type='pci'><source/></hostdev>",
  }),
};

function image(driver: string): string {
  return document({
    devices: `<disk><driver ${driver}/><source file='/x'/><target dev='vda'/></disk>`,
  });
}

function limited(
  attributes: string,
  source: string,
  { elements = idMap(), content = '' } = {},
): string {
  const limit = "<space_hard_limit unit='KiB'>1</space_hard_limit>";
  return document({
    elements,
    devices: `<filesystem ${attributes}><source ${source}/><target dir='/b'/>${content}${limit}</filesystem>`,
  });
}

function imageFilesystem(driver: string): string {
  return document({
    devices: `<filesystem type='file'><driver ${driver}/><source file='/x'/><target dir='/b'/></filesystem>`,
  });
}

function timerOf(offset: string, name: string): string {
  return document({ elements: `<clock offset='${offset}'><timer name='${name}'/></clock>` });
}

function filtered(attributes: string, content: string): string {
  const filter = `<filterref ${attributes}>${content}</filterref>`;
  return document({
    devices: `<interface type='bridge'><source bridge='br0'/>${filter}</interface>`,
  });
}

function switched(attributes: string, content: string): string {
  const port = `<virtualport ${attributes}>${content}</virtualport>`;
  return document({
    devices: `<interface type='bridge'><source bridge='br0'/>${port}</interface>`,
  });
}

function idMap(): string {
  return "<idmap><uid start='0' target='1000' count='9'/><gid start='0' target='1000' count='9'/></idmap>";
}

function shared(mode: string, elements: string): string {
  const devices = `<filesystem accessmode='${mode}'><source dir='/a'/><target dir='/b'/></filesystem>`;
  return document({ elements, devices });
}

/** Content that the parser asks for, of children that have some. */
const contents: Readonly<Record<string, string>> = {
  fmode: '0755',
  dmode: '0755',
  address: "52:54:00:00:00:01' check='no",
};

/** Children that libvirt defines only with a content, or beside others. */
const wholes: Readonly<Record<string, string>> = {
  'domain/memtune <min_guarantee>': '<min_guarantee>1</min_guarantee>',
  'domain/devices <graphics>': '<graphics/><video/>',
  'domain/devices <redirdev>': "<controller type='usb'/><redirdev/>",
  'domain/devices/interface <driver>': "<model type='virtio'/><driver/>",
};

function documentFor(row: CoverageRow): string {
  const found = cases[row.written];
  if (found !== undefined) return found;
  const around = arounds[[row.path, row.of].filter(Boolean).join(' ')];
  if (around === undefined) throw new Error(`no document for ${row.path}`);
  const [, attribute = ''] = /^@([\w-]+)$/.exec(row.written) ?? [];
  if (attribute !== '') return around(`${attribute}='${contents[attribute] ?? 'no'}'`, '');
  const [, child = ''] = /^<([\w:-]+)>$/.exec(row.written) ?? [];
  if (child !== '') return around('', wholes[`${row.path} ${row.written}`] ?? `<${child}/>`);
  if (row.written.startsWith('<')) return around('', row.written);
  return row.written.includes('=') ? around(row.written, '') : around('', row.written);
}

const rows = coverageRows();
const titled = (standing: CoverageRow['standing']) =>
  rows
    .filter((row) => row.standing === standing)
    .map((row) => [`${row.path} ${row.of ?? ''} ${row.written}`, row] as const);

test('the table has rows of each kind, and each row once', () => {
  const kinds = ['carried out', 'ignored', 'refused', 'output'] as const;
  for (const kind of kinds) expect(titled(kind).length).toBeGreaterThan(5);
  const keys = rows.map(({ path, of = '', written }) => `${path} ${of} ${written}`);
  expect(new Set(keys).size).toBe(keys.length);
});

test('what is ignored or refused has a reason: a clause without a full stop', () => {
  const reasons = rows.filter(({ standing }) => /ignored|refused/.test(standing));
  expect(reasons.filter(({ why = '' }) => !/^[a-z][^]{10,}[^.]$/.test(why))).toEqual([]);
});

test.each(titled('ignored'))('%s: a start goes on without it, and says why', (_title, row) => {
  const definition = parse(documentFor(row));
  checkStartable(definition);
  const warnings = startsWithout(definition);
  expect(warnings.map(({ message }) => message).join('\n')).toContain(` is ignored: ${row.why}`);
  expect(() => checkStartable(definition, 'strict')).toThrow(row.why);
  // It is stored and printed.
  const printed = formatDomain(definition);
  expect(startsWithout(parse(printed))).toHaveLength(warnings.length);
  expect(withoutPositions(parse(printed))).toEqual(withoutPositions(definition));
});

const undefinable = rows.filter(({ why }) => why === 'libvirt refuses to define it too');

test.each(undefinable.map((row) => [`${row.path} ${row.written}`, row] as const))(
  '%s: is not defined',
  (_title, row) => {
    expect(() => parse(documentFor(row))).toThrow(/support/);
  },
);

const startable = titled('refused').filter(([, row]) => !undefinable.includes(row));

test.each(startable)('%s: a start is refused, and says why', (_title, row) => {
  const definition = parse(documentFor(row));
  const error = refusalOf(() => checkStartable(definition));
  const [found] = definition.unsupported.filter(({ start }) => start === 'refuses');
  expect(error.code).toBe('CONFIG_UNSUPPORTED');
  expect(error.message).toContain(found?.words ?? row.why);
  expect(startsWithout(definition)).toEqual([]);
  expect(formatDomain(parse(formatDomain(definition)))).toBe(formatDomain(definition));
});

test('an unknown word is refused where it may be meant to confine, and left out elsewhere', () => {
  expect(closedElements()).toEqual(
    expect.arrayContaining(['domain/seclabel', 'domain/features/capabilities/*']),
  );
  const closed = "<features><capabilities><mknod stat='off'/></capabilities></features>";
  expect(() => parse(document({ elements: closed }))).toThrow(
    "unknown attribute 'stat' of <mknod>",
  );
  expect(parse(document({ elements: '<features colour="red"/>' })).unknown).toHaveLength(1);
});

function refusalOf(action: () => void): TslxcError {
  try {
    action();
  } catch (error) {
    if (TslxcError.is(error)) return error;
    throw error;
  }
  throw new Error('the definition may start');
}
