/** `<domainsnapshot>`, and the trees that are a domain's own. */
import { withTreePaths, ownTrees } from '../../../lib/domain/filesystem/own-trees';
import { formatDomain } from '../../../lib/domain/format';
import { parseDomain } from '../../../lib/domain/parse';
import type { DomainDefinition } from '../../../lib/domain/definition';
import {
  checkSnapshotName,
  formatSnapshot,
  formatSnapshotRequest,
  parseSnapshot,
} from '../../../lib/domain/snapshot';
import { domainXml } from '../../support/domain/domain-xml';

const uuid = '5c3f9a6e-2b1d-4c8f-9a70-1d2e3f4a5b6c';

function definitionOf(options: Parameters<typeof domainXml>[0]): DomainDefinition {
  return parseDomain(domainXml({ uuid, ...options }), {
    arch: 'x86_64',
    emulator: '/usr/lib/tslxc/tslxc-monitor',
    newUuid: () => uuid,
    newMac: () => '00:16:3e:00:00:01',
    portId: () => uuid,
  });
}

const overlay = (target: string, upper: string): string =>
  `<metadata><tslxc:container xmlns:tslxc='urn:tslxc:domain:1'>` +
  `<tslxc:overlay target='${target}' upper='${upper}'/></tslxc:container></metadata>`;

describe('what is asked for', () => {
  test('name and description are taken, and what libvirt overlooks is overlooked', () => {
    const xml =
      '<domainsnapshot><name>before</name><description>of the upgrade</description>' +
      "<state>running</state><memory snapshot='no'/><disks/></domainsnapshot>";
    expect(parseSnapshot(xml)).toEqual({ name: 'before', description: 'of the upgrade' });
    expect(parseSnapshot('<domainsnapshot/>')).toEqual({});
  });

  test.each([
    ['<domain/>', 'XML_ERROR', 'unexpected root element <domain>, expecting <domainsnapshot>'],
    [
      "<domainsnapshot><memory snapshot='internal'/></domainsnapshot>",
      'CONFIG_UNSUPPORTED',
      'memory',
    ],
    [
      "<domainsnapshot><disks><disk name='a'/></disks></domainsnapshot>",
      'CONFIG_UNSUPPORTED',
      'disks',
    ],
    ['<domainsnapshot><name>a/b</name></domainsnapshot>', 'XML_DETAIL', "can't contain '/'"],
    ['<domainsnapshot>', 'XML_DETAIL', ''],
  ])('%s is refused', (xml, code, words) => {
    expect(() => parseSnapshot(xml)).toThrow(
      expect.objectContaining({ code, message: expect.stringContaining(words) as string }) as Error,
    );
  });

  test.each(['', '/', 'a/b', '.', '..', '.hidden', 'line\nbreak', 'x'.repeat(201)])(
    'the name %j is refused',
    (name) => {
      expect(() => checkSnapshotName(name)).toThrow(
        expect.objectContaining({ code: 'XML_DETAIL' }) as Error,
      );
    },
  );

  test.each(['a', 'before upgrade', 'ü', '1700000000', 'x'.repeat(200)])('%j is a name', (name) => {
    expect(() => checkSnapshotName(name)).not.toThrow();
  });

  test('it is printed as it was asked for', () => {
    expect(formatSnapshotRequest({})).toBe('<domainsnapshot/>\n');
    expect(formatSnapshotRequest({ name: 'a', description: 'b < c' })).toBe(
      '<domainsnapshot>\n  <name>a</name>\n  <description>b &lt; c</description>\n</domainsnapshot>\n',
    );
  });
});

test('one that exists is printed with the definition of then', () => {
  const xml = formatDomain(definitionOf({ name: 'web' }));
  const printed = formatSnapshot({
    name: 'second',
    parent: 'first',
    state: 'disk-snapshot',
    created: 1_700_000_000_999,
    xml,
  });
  expect(printed.split('\n').slice(0, 9)).toEqual([
    '<domainsnapshot>',
    '  <name>second</name>',
    '  <state>disk-snapshot</state>',
    '  <parent>',
    '    <name>first</name>',
    '  </parent>',
    '  <creationTime>1700000000</creationTime>',
    "  <memory snapshot='no'/>",
    "  <domain type='lxc'>",
  ]);
  const inner = printed
    .split('\n')
    .slice(8, -2)
    .map((line) => line.slice(2));
  expect(`${inner.join('\n')}\n`).toBe(xml);
});

describe('trees of its own', () => {
  const root = { source: '/srv/web/root', target: '/' };
  const data = { source: '/srv/data', target: '/data' };

  test('the root is one, and another directory of the host is none', () => {
    const trees = ownTrees(definitionOf({ filesystems: [root, data] }));
    expect(trees).toMatchObject([{ target: '/', kind: 'directory', path: '/srv/web/root' }]);
  });

  test('with an overlay it is the layer, at any target', () => {
    const both = definitionOf({
      filesystems: [root, { ...data, access: 'read-only' }],
      elements: overlay('/data/', '/srv/upper'),
    });
    expect(ownTrees(both).map(({ kind, path }) => [kind, path])).toEqual([
      ['directory', '/srv/web/root'],
      ['layer', '/srv/upper'],
    ]);
    const one = definitionOf({ filesystems: [root], elements: overlay('/', '/srv/upper') });
    expect(ownTrees(one)).toMatchObject([{ target: '/', kind: 'layer', path: '/srv/upper' }]);
  });

  test.each<[string, Parameters<typeof domainXml>[0], string]>([
    ['the host’s root', {}, "its root is the host's own"],
    ['the host’s root by name', { filesystems: [{ source: '/', target: '/' }] }, "the host's own"],
    ['a read-only root', { filesystems: [{ ...root, access: 'read-only' }] }, 'read-only'],
    [
      'an image',
      {
        devices:
          "<filesystem type='file'><driver type='loop' format='raw'/><source file='/srv/a.img'/><target dir='/'/></filesystem>",
      },
      "of type 'file'",
    ],
  ])('%s has none', (_, options, words) => {
    expect(() => ownTrees(definitionOf(options))).toThrow(
      expect.objectContaining({
        code: 'CONFIG_UNSUPPORTED',
        message: expect.stringContaining(words) as string,
        line: expect.any(Number) as number,
      }) as Error,
    );
  });

  test('other paths take their place, and nothing else changes', () => {
    const definition = definitionOf({
      filesystems: [root, data],
      elements: overlay('/data', '/srv/upper'),
    });
    const paths = new Map([
      ['/', '/srv/shop'],
      ['/data', '/srv/shop-upper'],
    ]);
    const [before, after] = [definition, withTreePaths(definition, paths)].map((one) =>
      formatDomain(one).split('\n'),
    );
    const changed = after?.filter((line) => !before?.includes(line)).map((line) => line.trim());
    expect(changed).toEqual([
      expect.stringMatching(/upper=["']\/srv\/shop-upper["']/),
      "<source dir='/srv/shop'/>",
    ]);
    expect(after).toHaveLength(before?.length ?? 0);
  });
});
