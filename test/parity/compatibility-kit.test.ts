/** libvirt's compatibility kit with a real libvirtd: what comes of each script is what the table says that test/clients compares with. */
import { expectOutcome, kit } from '../support/compatibility-kit/kit';
import { KitSite } from '../support/compatibility-kit/site';
import { kitTable } from '../support/compatibility-kit/table';
import { Libvirt } from '../support/machine/libvirt';
import { makeTestRoot } from '../support/root/test-root';
import { containerTest } from '../support/world/container-test';

const world = containerTest(async (keep) => {
  const { path } = keep(await makeTestRoot());
  const libvirt = keep(await Libvirt.start());
  const { pid } = libvirt;
  const within = (argv: readonly string[]): string[] => libvirt.within(argv);
  return { site: await KitSite.make(path, { within, start: 'libvirtd', pid }) };
});

test('where the kit runs, containers boot its program', async () => {
  expect(await world.site.bootedInit()).toBe('/bin/sh /sbin/init');
  expect(await world.site.service('status')).toBe('active (running)\n');
});

// Where it can't be had, who was to fetch it has said so.
if (kit !== undefined) {
  const folder = kit;

  test.each(kitTable)('$script', async ({ script, libvirt }) => {
    expectOutcome(script, libvirt, await world.site.run(folder, script));
  });
}
