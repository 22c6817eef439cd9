/** Which user of the host owns a container's user namespace. */
import { namespaceOwner } from '../../../../lib/plan/process/namespace-owner';
import { parse } from '../../domain/parse-context';

function ownerOf(...targets: readonly [first: number, count: number][]): number {
  let start = 0;
  const ranges = targets.map(([target, count]) => {
    const line = (kind: string): string =>
      `<${kind} start='${start}' target='${target}' count='${count}'/>`;
    const both = line('uid') + line('gid');
    start += count;
    return both;
  });
  const map = ranges.length === 0 ? '' : `<idmap>${ranges.join('')}</idmap>`;
  return namespaceOwner(
    parse(`<domain type='lxc'><name>test</name><memory>1024</memory>${map}
    <os><type>exe</type><init>/bin/sh</init></os></domain>`),
  );
}

test('without ids of its own there is none', () => {
  expect(ownerOf()).toBe(0);
});

test('it is one for each id of a container’s root, and that of no account', () => {
  expect(ownerOf([300_000, 65_536])).toBe(2_147_783_648);
  expect(ownerOf([1000, 1], [300_000, 65_535])).toBe(2_147_484_648);
});

test('it is not the host’s root, even if that is the container’s root', () => {
  expect(ownerOf([0, 65_536])).toBe(2_147_483_648);
});

test('an id that no account has owns the namespace itself', () => {
  expect(ownerOf([3_000_000_000, 65_536])).toBe(3_000_000_000);
});
