/** What the level `isolated` comes down to: the request for ids that any definition can make, and nothing else. */
import type { DomainDefinition } from '../../../../lib/domain/definition';
import { formatDomain } from '../../../../lib/domain/format';
import { withAllocatedIds } from '../../../../lib/domain/namespaces/allocated-ids';
import { isolationOf } from '../../../../lib/domain/namespaces/isolation';
import { isolationWarnings } from '../../../../lib/domain/namespaces/isolation-warnings';
import { atLevel, confinementOf } from '../../../../lib/domain/namespaces/level';
import { checkStartable } from '../../../../lib/domain/validate';
import { containing } from '../../driver/refusal';
import { document, parse } from '../parse-context';

const own = "<filesystem><source dir='/srv/web'/><target dir='/'/></filesystem>";
const shared = "<filesystem><source dir='/'/><target dir='/'/></filesystem>";
const extension = (children: string): string =>
  `<metadata><x:container xmlns:x='urn:tslxc:domain:1'>${children}</x:container></metadata>`;
const level = (name: string): string => extension(`<x:hardening level='${name}'/>`);
const ids =
  "<idmap><uid start='0' target='9' count='1'/><gid start='0' target='9' count='1'/></idmap>";
const rooted = (parts: Parameters<typeof document>[0] = {}): DomainDefinition =>
  parse(document({ ...parts, devices: `${own}${parts.devices ?? ''}` }));
const isIsolated = (definition: DomainDefinition): boolean =>
  isolationOf(definition) === 'user-namespace';

test('a domain with a root of its own asks for ids, as one does that says so itself', () => {
  const asked = atLevel(rooted(), 'isolated');
  expect(asked.extension.idAllocation).toMatchObject({ count: 65536, byLevel: true });
  expect(isIsolated(asked)).toBe(true);
  // What is on record of a start is read again as the same request.
  expect(parse(formatDomain(asked)).extension.idAllocation).toMatchObject({ count: 65536 });
  const running = withAllocatedIds(asked, 0x70000000);
  expect(running.idMap?.uids).toMatchObject([{ start: 0, target: 0x70000000, count: 65536 }]);
  expect(formatDomain(running)).not.toContain('allocate');
});

test('the definition itself is not changed, and the other is the same each time', () => {
  const definition = rooted();
  const before = formatDomain(definition);
  expect(atLevel(definition, 'isolated')).toBe(atLevel(definition, 'isolated'));
  expect(formatDomain(definition)).toBe(before);
});

test.each<[string, DomainDefinition, 'compat' | 'hardened' | 'isolated']>([
  ['another level', rooted(), 'hardened'],
  ['a level of its own', rooted({ elements: level('hardened') }), 'isolated'],
  ['no root', parse(document({})), 'isolated'],
  ['the root of the host', parse(document({ devices: shared })), 'isolated'],
  ['an <idmap>', rooted({ elements: ids }), 'isolated'],
  [
    'a request of its own',
    rooted({ elements: extension("<x:idmap allocate='auto' count='9'/>") }),
    'isolated',
  ],
])('a domain with %s stays as it is', (_, definition, ofOthers) => {
  expect(atLevel(definition, ofOthers)).toBe(definition);
});

test('the domain’s own level prevails, and stays in what is on record', () => {
  const definition = rooted({ elements: level('isolated') });
  const asked = atLevel(definition, 'compat');
  expect(isIsolated(asked)).toBe(true);
  expect(formatDomain(asked)).toContain('<x:hardening level="isolated"/>');
  expect(formatDomain(asked)).toContain('<x:idmap allocate="auto" count="65536"/>');
});

test('it is confined as hardened is', () => {
  const definition = rooted();
  expect(confinementOf(definition, 'isolated')).toBe('hardened');
  expect(confinementOf(rooted({ elements: level('isolated') }), 'compat')).toBe('hardened');
  expect(confinementOf(rooted({ elements: level('compat') }), 'isolated')).toBe('compat');
});

test('what needs ids of its own is carried out with them, and only then', () => {
  const devices =
    "<filesystem accessmode='mapped'><source dir='/srv/data'/><target dir='/data'/><space_hard_limit unit='MiB'>5</space_hard_limit></filesystem>";
  const definition = rooted({ devices });
  expect(definition.unsupported.map(({ path }) => path)).toEqual([
    'domain/devices/filesystem/@accessmode',
    'domain/devices/filesystem/space_hard_limit',
  ]);
  expect(() => checkStartable(definition)).toThrow('space_hard_limit');
  const asked = atLevel(definition, 'isolated');
  expect(asked.unsupported).toEqual([]);
  checkStartable(asked);
});

test('what is left out for another reason is still told', () => {
  const definition = rooted({ elements: '<cpu/>' });
  expect(definition.unsupported).toHaveLength(1);
  expect(atLevel(definition, 'isolated').unsupported).toEqual(definition.unsupported);
});

describe('what can’t be had with them', () => {
  const back = "<tslxc:hardening level='hardened'/> starts this domain without";

  test.each([
    [
      'a layer over the root of the host',
      extension("<x:overlay target='/' upper='/srv/u'/>"),
      shared,
    ],
    [
      'another’s id for all files',
      extension("<x:stop signal='SIGTERM'/>"),
      `${own}<filesystem accessmode='squash'><source dir='/srv/data'/><target dir='/data'/></filesystem>`,
    ],
    [
      'a tree that is shared with the host',
      extension("<x:filesystem target='/data' propagation='shared'/>"),
      `${own}<filesystem><source dir='/srv/data'/><target dir='/data'/></filesystem>`,
    ],
  ])('%s is refused, with the way back, which is one', (_, elements, devices) => {
    const definition = parse(document({ elements, devices }));
    checkStartable(definition);
    expect(() => checkStartable(atLevel(definition, 'isolated'))).toThrow(back);
    const hardened = elements.replace('</x:', "<x:hardening level='hardened'/></x:");
    checkStartable(atLevel(parse(document({ elements: hardened, devices })), 'isolated'));
  });

  test('one that asks for ids itself is not told of a way back', () => {
    const elements = extension("<x:idmap allocate='auto'/><x:overlay target='/' upper='/srv/u'/>");
    const refused = parse(document({ elements, devices: shared }));
    expect(() => checkStartable(refused)).toThrow("can't be the base of an overlay (");
  });

  const warned = (definition: DomainDefinition): string[] =>
    isolationWarnings(atLevel(definition, 'isolated')).map(
      ({ detail, element, message }) => `${detail} ${element} ${message}`,
    );
  const privnet = '<features><privnet/></features>';

  test('one with a root and a network of its own lacks nothing', () => {
    expect(warned(rooted({ elements: privnet }))).toEqual([]);
  });

  test.each<[string, Parameters<typeof document>[0], string]>([
    ['the host’s network', {}, 'domain/devices root inside has no rights over the host'],
    [
      'files of the host',
      {
        devices: "<filesystem><source dir='/srv/data'/><target dir='/data'/></filesystem>",
        elements: privnet,
      },
      'domain/devices/filesystem what belongs to the host',
    ],
    [
      'a block device',
      {
        devices: "<disk type='block'><source dev='/dev/vdz'/><target dev='xvda'/></disk>",
        elements: privnet,
      },
      'domain/devices/disk what lies on this block device',
    ],
    [
      'a capability of the host',
      {
        elements:
          "<features><privnet/><capabilities><sys_time state='on'/><chown state='on'/></capabilities></features>",
      },
      "most of what these capabilities allow takes the host's ids: sys_time;",
    ],
    [
      'another’s network',
      {
        elements:
          "<lxc:namespace xmlns:lxc='http://libvirt.org/schemas/domain/lxc/1.0'><lxc:sharenet type='name' value='x'/></lxc:namespace>",
      },
      'domain/lxc:namespace/lxc:sharenet root inside has no rights over the network that it shares',
    ],
  ])('%s is told, with its place and the way back', (_, parts, words) => {
    const [one = '', ...others] = warned(rooted(parts));
    expect(others).toEqual([]);
    expect(one).toContain('WithoutHostIds');
    expect(one).toContain(words);
    expect(one).toContain(back);
    expect(one).toMatch(/ \(domain\/\S+, line \d+, column \d+\)$/);
  });

  test('what is mapped, in memory or of the container itself is not told', () => {
    const devices =
      "<filesystem accessmode='mapped'><source dir='/srv/data'/><target dir='/data'/></filesystem>" +
      "<filesystem type='ram'><source usage='64'/><target dir='/tmp'/></filesystem>" +
      "<filesystem type='bind'><source dir='/tmp'/><target dir='/var/tmp'/></filesystem>";
    expect(warned(rooted({ devices, elements: privnet }))).toEqual([]);
  });

  test.each<[string, DomainDefinition, string]>([
    ['has no root', parse(document({})), 'its root is the host'],
    ['has that of the host', parse(document({ devices: shared })), 'its root is the host'],
    [
      'maps the host’s root',
      rooted({ elements: ids.replaceAll("target='9'", "target='0'") }),
      "its <idmap> maps the host's root",
    ],
  ])('one that %s is said to be no boundary', (_, definition, words) => {
    expect(isIsolated(atLevel(definition, 'isolated'))).toBe(false);
    expect(warned(definition)).toEqual([containing(`NoBoundary domain/`)]);
    expect(warned(definition)).toEqual([containing(words)]);
  });

  test('one that asks for ids itself is told nothing', () => {
    expect(warned(rooted({ elements: extension("<x:idmap allocate='auto'/>") }))).toEqual([]);
  });
});
