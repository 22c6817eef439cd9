/** Pools of type logical: their documents, and what LVM's programs report. */
import { formatPool } from '../../../lib/storage/definition/format-pool';
import { isLvmName } from '../../../lib/storage/group/lvm-name';
import { parseReport } from '../../../lib/storage/group/lvm';
import { parse } from './parse-context';

const pool = (source: string, name = 'disks'): string =>
  `<pool type='logical'><name>${name}</name>${source}<target><path>/ignored</path></target></pool>`;

test('the volumes of a pool are below /dev, in the folder of its volume group', () => {
  const xml = pool(
    "<source><name>vg0</name><device path='/dev/sdb1'/><device path='/dev//sdc'/></source>",
  );
  const text = formatPool(parse(xml));
  expect(text).toContain(`  <source>
    <device path='/dev/sdb1'/>
    <device path='/dev/sdc'/>
    <name>vg0</name>
    <format type='lvm2'/>
  </source>
  <target>
    <path>/dev/vg0</path>
  </target>
`);
  expect(formatPool(parse(text))).toBe(text);
});

test('without a name of its own, the group has the name of the pool', () => {
  expect(parse("<pool type='logical'><name>disks</name></pool>")).toMatchObject({
    source: { group: { name: 'disks', devices: [], format: 'lvm2' } },
    target: '/dev/disks',
  });
});

test.each([
  [pool('<source><name>-f</name></source>'), "'-f' can't be the name of a volume group"],
  [pool('<source><name>..</name></source>'), "'..' can't be the name of a volume group"],
  [pool('', 'a b'), "'a b' can't be the name of a volume group"],
  [pool("<source><device path='sdb'/></source>"), "path 'sdb' is not absolute"],
  [pool('<source><device/></source>'), 'missing storage pool source device path'],
  [pool("<source><format type='ext4'/></source>"), 'unknown pool format type ext4'],
])('%s is refused', (xml, words) => {
  expect(() => parse(xml)).toThrow(words);
});

test('a report has a row for each line, with empty fields as empty texts', () => {
  const text = '  a|4194304|-wi-a-----|\n  b.1|8388608|swi-aos---|a\n\n';
  expect(parseReport(text, ['lv_name', 'lv_size', 'lv_attr', 'origin'])).toEqual([
    { lv_name: 'a', lv_size: '4194304', lv_attr: '-wi-a-----', origin: '' },
    { lv_name: 'b.1', lv_size: '8388608', lv_attr: 'swi-aos---', origin: 'a' },
  ]);
});

test('names are those that LVM takes, and no options', () => {
  const names = [
    'a',
    'vg_0',
    'a+b.c-d',
    '-a',
    '',
    '.',
    '..',
    'a/b',
    'a|b',
    'a b',
    'ä',
    'x'.repeat(128),
  ];
  expect(names.filter(isLvmName)).toEqual(['a', 'vg_0', 'a+b.c-d']);
});
