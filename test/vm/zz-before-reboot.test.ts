/** What test/vm-again finds after the machine’s reboot: domains that start with it, one that doesn’t, and what ran. */
import { connect } from 'tslxc';
import { domainXml } from '../support/domain-xml';
import { runSuccessfully } from '../support/run-command';
import { installUnits, systemctl } from '../support/systemd';

test('domains are marked for the next boot', async () => {
  await installUnits();
  await systemctl('enable', 'tslxc-autostart');
  await using connection = await connect('lxc:///', { root: '/' });
  for (const name of ['boot-one', 'boot-two', 'boot-never'])
    await connection.defineDomain(domainXml({ name, memory: 65_536 }));
  for (const name of ['boot-one', 'boot-two'])
    await runSuccessfully(['autostart', name], { root: '/' });
  // Runs when the machine goes down, and has nobody who says how it ended.
  const never = await connection.lookupDomainByName('boot-never');
  await never.start({ ownership: 'leave' });
  expect(never.id).toBeDefined();
});
