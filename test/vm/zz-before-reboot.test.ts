/** What test/vm-again finds after the machine’s reboot: domains that start with it, one that doesn’t, and what ran. */
import { mkdirSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { connect } from 'tslxc';
import { domainXml } from '../support/domain/domain-xml';
import { commandScript, runSuccessfully } from '../support/process/run-command';
import { installUnits, systemctl } from '../support/machine/systemd';

test('domains are marked for the next boot', async () => {
  await installUnits();
  // The disk with the package is mounted by what runs the tests, beside this unit.
  const folder = '/etc/systemd/system/tslxc-autostart.service.d';
  const wait = `/bin/sh -c 'until [ -e ${commandScript} ]; do sleep 0.2; done'`;
  mkdirSync(folder, { recursive: true });
  writeFileSync(join(folder, 'package.conf'), `[Service]\nExecStartPre=${wait}\n`);
  await systemctl('enable', 'tslxc-autostart');
  await using connection = await connect('lxc:///', { root: '/' });
  for (const name of ['boot-one', 'boot-two', 'boot-never'])
    await connection.defineDomain(domainXml({ name, memory: 65_536 }));
  for (const name of ['boot-one', 'boot-two'])
    await runSuccessfully(['autostart', name], { root: '/' });
  // Runs when the machine goes down, and no process says how it ended.
  const never = await connection.lookupDomainByName('boot-never');
  await never.start({ ownership: 'leave' });
  expect(never.id).toBeDefined();
});
