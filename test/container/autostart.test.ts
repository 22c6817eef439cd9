/** Domains that are started with the host, and another name for one: by the command, with real containers. */
import { initOf } from '../support/world/container-traces';
import { containerTest, nothing } from '../support/world/container-test';
import { TestDomain } from '../support/domain/test-domain';
import { readFileSync } from 'node:fs';

containerTest(nothing);

test('the boot starts what is marked, and not what was stopped by hand since', async () => {
  await using container = await TestDomain.make({ name: 'with-the-host', init: '/bin/cat' });
  const { domain } = container;
  const boot = (): Promise<string> => container.try(['autostart-all']).then(({ stdout }) => stdout);
  expect(await container.run('autostart')).toBe("Domain 'with-the-host' marked as autostarted\n\n");
  expect(await container.try(['list', '--all', '--autostart', '--name'])).toMatchObject({
    stdout: 'with-the-host\n\n',
  });
  expect(await boot()).toBe("Domain 'with-the-host' started\n\n");
  expect(domain.id).toBeDefined();
  await container.run('destroy');
  expect(await boot()).toBe('\n');
  expect(domain.id).toBeUndefined();
});

test('a domain keeps the ids that it was given under another name', async () => {
  const metadata =
    "<metadata><tslxc:container xmlns:tslxc='urn:tslxc:domain:1'>" +
    "<tslxc:idmap allocate='auto' count='1000'/></tslxc:container></metadata>";
  await using container = await TestDomain.make({
    name: 'former',
    init: '/bin/cat',
    elements: metadata,
  });
  await container.domain.start();
  const map = readFileSync(`/proc/${await initOf('former')}/uid_map`, 'utf8');
  await container.domain.destroy();
  const renamed = await container.domain.rename('later');
  await renamed.start();
  expect(readFileSync(`/proc/${await initOf('later')}/uid_map`, 'utf8')).toBe(map);
  await renamed.destroy();
  await renamed.undefine();
});
