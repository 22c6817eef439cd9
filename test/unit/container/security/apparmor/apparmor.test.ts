/** Which label each form of `<seclabel model='apparmor'>` gives, and what is refused. */
import { assignAppArmor } from '../../../../../lib/container/security/apparmor/apparmor';
import type { AskedLabel } from '../../../../../lib/container/security/assigned';

const uuid = '4dea22b3-1d52-d8f3-2516-782e98ab3fa0';
const own = `tslxc-${uuid}`;
const position = { line: 7, column: 3 };
const loaded = new Map([
  ['mine', 'enforce'],
  ['/usr/bin/a b', 'complain'],
]);

function assign(asked: Omit<AskedLabel, 'position' | 'relabel'>) {
  return assignAppArmor({ ...asked, position }, own, (name) => loaded.get(name));
}

test('dynamic: a profile of its own, in enforce mode alone', () => {
  expect(assign({ type: 'dynamic' })).toEqual({
    label: own,
    generated: { name: own },
    accepted: [`${own} (enforce)`],
  });
});

test('static: the given profile and nothing else, in whatever mode it is', () => {
  const { generated, ...given } = assign({ type: 'static', label: '/usr/bin/a b' });
  expect(generated).toBeUndefined();
  expect(given).toMatchObject({ label: '/usr/bin/a b' });
  expect(given.accepted).toContain('/usr/bin/a b (complain)');
  expect(given.accepted.every((one) => one.startsWith('/usr/bin/a b ('))).toBe(true);
});

test('with a base: both in a stack, whichever the kernel names first', () => {
  const given = assign({ type: 'dynamic', baseLabel: 'mine' });
  expect(given).toMatchObject({
    label: `mine//&${own}`,
    generated: { name: own, base: 'mine' },
  });
  expect(given.accepted).toEqual([
    `mine//&${own} (enforce)`,
    `mine//&${own} (mixed)`,
    `${own}//&mine (enforce)`,
    `${own}//&mine (mixed)`,
  ]);
});

test.each([
  [{ type: 'static', label: 'gone' }, 'label'],
  [{ type: 'dynamic', baseLabel: 'gone' }, 'baselabel'],
] as const)('a profile that is not loaded is refused: %p', (asked, element) => {
  expect(() => assign(asked)).toThrow(
    expect.objectContaining({
      code: 'XML_ERROR',
      element: `domain/seclabel/${element}`,
      line: 7,
      column: 3,
      message: expect.stringContaining(
        "Invalid security label 'gone': no AppArmor profile of that name is loaded",
      ) as string,
    }) as Error,
  );
});

test.each([
  [{ type: 'static', label: 'tslxc-another' }],
  [{ type: 'dynamic', baseLabel: 'mine//&tslxc-another' }],
] as const)('a profile that is made for a domain is not for another: %p', (asked) => {
  expect(() => assign(asked)).toThrow(/that is the profile of one domain, and goes with it/);
});

test('static without a label is refused', () => {
  expect(() => assign({ type: 'static' })).toThrow(/security label is missing/);
});
