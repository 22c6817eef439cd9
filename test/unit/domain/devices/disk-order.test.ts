/** The order of disks in the text, which is libvirt's. */
import { formatDomain } from '../../../../lib/domain/format';
import { document, parse } from '../parse-context';

function disk(dev: string, bus?: string): string {
  const target = `<target dev='${dev}'${bus === undefined ? '' : ` bus='${bus}'`}/>`;
  return `<disk type='block'><source dev='/dev/loop0'/>${target}</disk>`;
}

function printed(...disks: readonly string[]): string[] {
  const text = formatDomain(parse(document({ devices: disks.join('') })));
  expect(formatDomain(parse(text))).toBe(text);
  return [...text.matchAll(/<target dev='(\w+)'/g)].map(([, dev = '']) => dev);
}

/** At first libvirt takes disks without a bus for those of one, and orders them again when it reads what it has stored. */
test('disks of a bus are in the order of their letters, as libvirt prints what it has stored', () => {
  expect(
    printed(
      ...[disk('sdb'), disk('sda'), disk('vda'), disk('hda')],
      ...[disk('sdaa'), disk('vdb'), disk('sdc', 'usb')],
    ),
  ).toEqual(['sda', 'sdb', 'sdaa', 'vda', 'vdb', 'hda', 'sdc']);
});

test('a disk that is only kept has its place among the others', () => {
  const kept = "<disk type='network'><source protocol='nbd' name='x'/><target dev='sdb'/></disk>";
  expect(printed(disk('sdc'), kept, disk('sda'))).toEqual(['sda', 'sdb', 'sdc']);
});
