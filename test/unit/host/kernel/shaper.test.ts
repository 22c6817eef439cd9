/** lib/host/kernel/shaper.ts: which device shapes what comes in by an interface. */
import { findShaper, shaperName } from '../../../../lib/host/kernel/shaper';
import { link } from '../../../support/fake/host/fake-links';

test('names fit the kernel, and differ where the interfaces do', () => {
  const names = ['vnet1000', 'vnet65535', 'a-longer-name-1', 'a-longer-name-2', 'x'].map(
    shaperName,
  );
  expect(names[0]).toBe('ifb-vnet1000');
  expect(new Set(names).size).toBe(names.length);
  for (const name of names) expect(name.length).toBeLessThanOrEqual(15);
});

test('it has the address of its interface: that of another is not it', () => {
  const mac = 'fe:54:00:00:00:01';
  const shaper = link({ name: 'ifb-vnet1000', kind: 'ifb', address: mac });
  expect(findShaper([shaper], { name: 'vnet1000', mac })).toBe(shaper);
  expect(findShaper([shaper], { name: 'vnet1000', mac: 'fe:54:00:00:00:02' })).toBeUndefined();
  expect(findShaper([{ ...shaper, kind: 'veth' }], { name: 'vnet1000', mac })).toBeUndefined();
});
