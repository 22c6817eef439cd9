/** What printing adds for a running container, and what it refuses. The rest is golden. */
import { formatDomain } from '../../../lib/domain/format';
import { document, parse } from './parse-context';

const live = { id: 31417, consolePaths: ['/dev/pts/3', "/dev/pts/it's"] };

/** The lines of `<devices>` behind the emulator. */
function devicesOf(text: string): string {
  return text.slice(
    text.indexOf('</emulator>') + '</emulator>\n'.length,
    text.indexOf('  </devices>'),
  );
}

test("a running container shows its id, the shared root and its first console's tty", () => {
  const text = formatDomain(parse(document({ devices: '<console/>' })), { live });
  expect(text.split('\n')[0]).toBe("<domain type='lxc' id='31417'>");
  expect(devicesOf(text)).toBe(`    <filesystem type='mount'>
      <source dir='/'/>
      <target dir='/'/>
    </filesystem>
    <console type='pty' tty='/dev/pts/3'>
      <source path='/dev/pts/3'/>
      <target type='lxc' port='0'/>
      <alias name='console0'/>
    </console>
    <console type='pty'>
      <source path='/dev/pts/it&apos;s'/>
      <target type='lxc' port='1'/>
      <alias name='console1'/>
    </console>
`);
});

test('a running container with a root of its own shows no other', () => {
  const devices = "<filesystem><source dir='/r'/><target dir='/'/></filesystem>";
  const text = formatDomain(parse(document({ devices })), { live });
  expect(text.match(/<filesystem /g)).toHaveLength(1);
  expect(text).toContain("<source dir='/r'/>");
});

test('a shared root stands before the custom mounts', () => {
  const devices = "<filesystem><source dir='/a'/><target dir='/b'/></filesystem>";
  const text = formatDomain(parse(document({ devices })), { live });
  expect(text.match(/<target dir='[^']*'/g)).toEqual(["<target dir='/'", "<target dir='/b'"]);
});

test('a console without a host pty yet is printed as when inactive', () => {
  const text = formatDomain(parse(document({})), { live: { id: 1, consolePaths: [] } });
  expect(text).toContain(
    "<console type='pty'>\n      <target type='lxc' port='0'/>\n    </console>",
  );
});

test('the live text reads back as the inactive definition, with the shared root written out', () => {
  const definition = parse(document({}));
  const again = parse(formatDomain(definition, { live }));
  expect(again.filesystems).toMatchObject([{ source: '/', target: '/' }]);
  expect(formatDomain({ ...again, filesystems: [] })).toBe(formatDomain(definition));
});

test('a running container shows what its interfaces have become', () => {
  const devices = `<interface type='network'><source network='default' portgroup='p'/></interface>
    <interface type='user'/>
    <interface type='direct'><source dev='eno1'/></interface>
    <interface type='bridge'><source bridge='b'/><target dev='web0'/><guest dev='lan'/></interface>`;
  const definition = parse(document({ devices }));
  const portId = '02169d49-0068-4612-b2de-901c4a14c5a3';
  const interfaces = [
    { target: 'vnet1000', guest: 'eth0', portId, bridge: 'virbr0' },
    { guest: 'eth1' },
    { target: 'web0', guest: 'lan' },
  ];
  const text = formatDomain(definition, { live: { ...live, interfaces } });
  expect(text.slice(text.indexOf('    <interface'), text.indexOf('    <console'))).toBe(
    `    <interface type='network'>
      <mac address='52:54:00:00:00:01'/>
      <source network='default' portgroup='p' portid='${portId}' bridge='virbr0'/>
      <target dev='vnet1000'/>
      <guest dev='eth0'/>
    </interface>
    <interface type='user'>
      <mac address='52:54:00:00:00:02'/>
    </interface>
    <interface type='direct'>
      <mac address='52:54:00:00:00:03'/>
      <source dev='eno1' mode='vepa'/>
      <guest dev='eth1'/>
    </interface>
    <interface type='bridge'>
      <mac address='52:54:00:00:00:04'/>
      <source bridge='b'/>
      <target dev='web0'/>
      <guest dev='lan'/>
    </interface>
`,
  );
  expect(parse(text).interfaces[0]).not.toHaveProperty('targetDevice');
});

test.each(['\0', '\u0001', '\u001b', '\ud800', '\udc00x', '\ufffe'])(
  'the character %j is refused: no reader would take it back',
  (character) => {
    const definition = { ...parse(document({})), title: `a${character}` };
    expect(() => formatDomain(definition)).toThrow(
      "invalid argument: XML can't hold the character U+",
    );
  },
);
