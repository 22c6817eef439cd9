/** Id maps that are right: sorted, printed in libvirt's place, chosen by the driver, and what they are worth. */
import { withAllocatedIds } from '../../../../lib/domain/namespaces/allocated-ids';
import { formatDomain } from '../../../../lib/domain/format';
import { isolationOf } from '../../../../lib/domain/namespaces/isolation';
import { document, parse } from '../parse-context';

const idMap = (uid: string, gid = uid): string => `<idmap>${uid}${gid}</idmap>`;
const gid = "<gid start='0' target='2000' count='1'/>";
const request = (count: string): string =>
  `<metadata><x:container xmlns:x='urn:tslxc:domain:1'><x:idmap allocate='auto'${count}/></x:container></metadata>`;

test('ranges are sorted by start, whatever their order', () => {
  const text = idMap(
    "<uid start='10' target='5' count='2'/><uid start='0' target='1000' count='10'/>",
    gid,
  );
  const definition = parse(document({ elements: text }));
  expect(definition.idMap?.uids.map(({ start, target, count }) => [start, target, count])).toEqual([
    [0, 1000, 10],
    [10, 5, 2],
  ]);
  expect(definition.unsupported).toEqual([]);
  const printed = formatDomain(definition);
  expect(printed).toContain(`  </os>
  <idmap>
    <uid start='0' target='1000' count='10'/>
    <uid start='10' target='5' count='2'/>
    <gid start='0' target='2000' count='1'/>
  </idmap>
  <clock`);
});

test('the largest map that the kernel takes', () => {
  const whole = "start='0' target='0' count='4294967295'";
  const definition = parse(document({ elements: idMap(`<uid ${whole}/>`, `<gid ${whole}/>`) }));
  expect(definition.idMap?.gids[0]?.count).toBe(4294967295);
});

test('an allocated map stands in the place of the request, and reads as a definition', () => {
  const definition = parse(document({ elements: request(" count='1000'") }));
  expect(definition.idMap).toBeUndefined();
  const allocated = withAllocatedIds(definition, 1879048192);
  const range = { start: 0, target: 1879048192, count: 1000 };
  expect(allocated.idMap).toMatchObject({ uids: [range], gids: [range] });
  expect(allocated.metadata).toEqual([]);
  const again = parse(formatDomain(allocated));
  expect(again.idMap).toMatchObject({ uids: [range], gids: [range] });
  expect(again.extension).toEqual({});
});

test('other words of the same extension stay', () => {
  const both = request('').replace('</x:', "<x:hardening level='compat'/></x:");
  const allocated = withAllocatedIds(parse(document({ elements: both })), 1879048192);
  expect(formatDomain(allocated)).toContain('<x:hardening level="compat"/>');
  expect(formatDomain(allocated)).not.toContain('allocate');
});

test.each([
  ['', 'none'],
  [idMap("<uid start='0' target='1000' count='10'/>", gid), 'user-namespace'],
  [request(''), 'user-namespace'],
  [idMap("<uid start='0' target='0' count='10'/>", gid), 'host-root'],
  [
    idMap("<uid start='0' target='9' count='1'/>", `${gid}<gid start='5' target='0' count='1'/>`),
    'host-root',
  ],
])('what %s is worth: %s', (elements, isolation) => {
  expect(isolationOf(parse(document({ elements })))).toBe(isolation);
});
