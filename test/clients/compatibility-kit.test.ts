/**
 * libvirt's compatibility kit with the daemon: what comes of each of its scripts about domains, networks, hooks and pools of storage is what
 * the table says. test/parity holds a real libvirtd to the other side of the table.
 */
import { expectOutcome, kit, scriptsOf } from '../support/compatibility-kit/kit';
import { OwnHost } from '../support/compatibility-kit/own-host';
import { KitSite } from '../support/compatibility-kit/site';
import { kitTable } from '../support/compatibility-kit/table';
import { commandLine } from '../support/process/run-command';
import { makeTestRoot } from '../support/root/test-root';
import { containerTest } from '../support/world/container-test';

const world = containerTest(async (keep) => {
  const { path } = keep(await makeTestRoot());
  const host = keep(await OwnHost.make(path));
  const within = (argv: readonly string[]): string[] => host.within(argv);
  const start = commandLine('daemon', '--libvirt').join(' ');
  const site = keep(await KitSite.make(path, { within, start }));
  await site.service('start');
  keep(() => site.service('stop'));
  await site.startDefaultNetwork();
  keep(() => site.stopDefaultNetwork());
  return { site };
});

test('where the kit runs, containers boot its program, and the daemon is stopped and started', async () => {
  expect(await world.site.bootedInit()).toBe('/bin/sh /sbin/init');
  await world.site.service('stop');
  expect(await world.site.service('status')).toBe('inactive (dead)\n');
  await world.site.service('restart');
  await world.site.service('reload');
  expect(await world.site.service('status')).toBe('active (running)\n');
});

// Where it can't be had, who was to fetch it has said so.
if (kit !== undefined) {
  const folder = kit;

  test('the table has each script of the kit, and no other', () => {
    expect(kitTable.map(({ script }) => script).sort()).toEqual(scriptsOf(folder).sort());
  });

  test.each(kitTable)('$script', async ({ script, libvirt, here }) => {
    const result = await world.site.run(folder, script);
    expectOutcome(script, here?.outcome ?? libvirt, result);
  });
}
