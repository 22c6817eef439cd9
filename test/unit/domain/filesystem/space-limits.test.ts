/** Limits of space: as they are read and printed, and where they are carried out. */
import { limitedTrees } from '../../../../lib/domain/filesystem/space-limits';
import { formatDomain } from '../../../../lib/domain/format';
import { checkStartable } from '../../../../lib/domain/validate';
import { startsWithout } from '../../../../lib/domain/warnings';
import { document, parse } from '../parse-context';

const ids =
  "<idmap><uid start='0' target='100000' count='65536'/><gid start='0' target='100000' count='65536'/></idmap>";

function filesystem(
  limits: string,
  { attributes = '', source = "dir='/a'", more = '' } = {},
): string {
  return `<filesystem ${attributes}><source ${source}/><target dir='/b'/>${more}${limits}</filesystem>`;
}

const withIds = (devices: string, elements = ids) => parse(document({ elements, devices }));

const hard = (text: string, unit = ''): string =>
  `<space_hard_limit ${unit}>${text}</space_hard_limit>`;
const soft = (text: string): string => `<space_soft_limit>${text}</space_soft_limit>`;

test.each([
  ['4096', '', 4096],
  ['1', "unit='KiB'", 1024],
  ['2', "unit='k'", 2048],
  ['3', "unit='MB'", 3_000_000],
  ['5', "unit='bytes'", 5],
])('%s with %s is %d bytes', (text, unit, bytes) => {
  const [tree] = limitedTrees(withIds(filesystem(hard(text, unit))));
  expect(tree).toMatchObject({ path: '/a', space: { hard: bytes } });
});

test('both are printed in bytes, the hard one first, and a limit of 0 is none', () => {
  const printed = formatDomain(withIds(filesystem(soft('1024') + hard('2', "unit='KiB'"))));
  expect(printed).toContain(
    "      <space_hard_limit unit='bytes'>2048</space_hard_limit>\n      <space_soft_limit unit='bytes'>1024</space_soft_limit>\n",
  );
  const none = withIds(filesystem(hard('0') + soft('0')));
  expect(formatDomain(none)).not.toContain('space_');
  expect(limitedTrees(none)).toEqual([]);
});

test.each([
  ['much', '', "Invalid value 'much' for element or attribute './space_hard_limit[1]'"],
  ['1', "unit='furlong'", "unknown suffix 'furlong'"],
  ['9', "unit='EiB'", 'value too large: 9EiB'],
])('%s with %s is no limit', (text, unit, words) => {
  expect(() => withIds(filesystem(hard(text, unit)))).toThrow(words);
});

test('a soft limit that is more than the hard one is refused in its place', () => {
  const definition = withIds(filesystem(hard('1024') + soft('2048')));
  expect(() => checkStartable(definition)).toThrow(
    'space_soft_limit 2048 is more than space_hard_limit 1024',
  );
  checkStartable(withIds(filesystem(hard('1024') + soft('1024'))));
});

test('two limits of one tree are refused', () => {
  const again = filesystem(hard('2048')).replace('/b', '/c');
  const definition = withIds(`${filesystem(hard('1024'))}\n${again}`);
  expect(() => checkStartable(definition)).toThrow(
    "the space of '/a' is already limited in line 8",
  );
  const unlimited = filesystem('').replace('/b', '/c');
  checkStartable(withIds(`${filesystem(hard('1024'))}\n${unlimited}`));
});

test.each([
  ['a tree of the container', { attributes: "type='bind'" }],
  ['an image', { attributes: "type='file'", source: "file='/x'" }],
  ['a device', { attributes: "type='block'", source: "dev='/dev/x'" }],
  ['a file system in memory', { attributes: "type='ram'", source: "usage='5' units='KiB'" }],
  ["the host's own root", { source: "dir='/'" }],
])('a limit of %s would not hold', (_what, options) => {
  const definition = withIds(filesystem(hard('4096'), options));
  expect(() => checkStartable(definition)).toThrow(/<space_hard_limit> is not carried out/);
});

test('without ids of its own root inside is exempt, with allocated ones it is not', () => {
  const tree = filesystem(soft('4096'));
  expect(() => checkStartable(withIds(tree, ''))).toThrow(
    '<space_soft_limit> is not carried out by this version: it would not hold, since without an <idmap>',
  );
  const allocated =
    "<metadata><tslxc:container xmlns:tslxc='urn:tslxc:domain:1'><tslxc:idmap allocate='auto'/></tslxc:container></metadata>";
  checkStartable(withIds(tree, allocated));
});

test('the usage of a file system in memory is a limit that holds', () => {
  const definition = withIds(
    filesystem(hard('5120'), { attributes: "type='ram'", source: "usage='5' units='KiB'" }),
    '',
  );
  checkStartable(definition);
  expect(limitedTrees(definition)).toEqual([]);
});

test('what is read only has nothing to limit, and the start says so', () => {
  const definition = withIds(filesystem(hard('4096'), { more: '<readonly/>' }), '');
  checkStartable(definition);
  expect(startsWithout(definition).map(({ message }) => message)).toEqual([
    expect.stringContaining('<space_hard_limit> is ignored: nothing is written there'),
  ]);
  expect(limitedTrees(definition)).toEqual([]);
});

test('of an overlay the writable layer is limited, whatever its base is', () => {
  const overlay =
    "<metadata><tslxc:container xmlns:tslxc='urn:tslxc:domain:1'><tslxc:overlay target='/b' upper='/upper'/></tslxc:container></metadata>";
  const image = { attributes: "type='file'", source: "file='/x'" };
  const definition = withIds(filesystem(hard('4096'), image), `${overlay}${ids}`);
  checkStartable(definition);
  expect(limitedTrees(definition)).toMatchObject([{ path: '/upper', space: { hard: 4096 } }]);
});
