/** The seed's "A simple Hello World LXC container", word for word, with tslxc in the place of virsh. */
import { readFileSync } from 'node:fs';
import type { Domain } from 'tslxc';
import { helloWorldXml } from '../support/domain/domain-xml';
import { containerTest, rootAndConnection } from '../support/world/container-test';
import { SeedTerminal } from '../support/console/seed-terminal';

const name = 'helloworld';

const world = containerTest(rootAndConnection);

async function startHelloWorld(): Promise<Domain> {
  const domain = await world.connection.defineDomain(helloWorldXml);
  await domain.start();
  return domain;
}

test('the seed’s session, typed as it is printed', async () => {
  await using terminal = await SeedTerminal.open(world.root.path);
  await terminal.writeFile('helloworld.xml', helloWorldXml);
  expect(await terminal.host('tslxc define helloworld.xml')).toBe(
    "Domain 'helloworld' defined from helloworld.xml\n\n",
  );
  expect(await terminal.host('tslxc start helloworld')).toBe("Domain 'helloworld' started\n\n");
  const list = await terminal.host('tslxc list');
  const [, id = ''] = /^ (\d+) +helloworld +running$/m.exec(list) ?? [];
  expect(list.split('\n')[0]).toMatch(/^ Id +Name +State$/);
  expect(readFileSync(`/proc/${id}/comm`, 'utf8')).toBe('tslxc-monitor\n');

  expect(await terminal.openConsole(name)).toBe(
    "Connected to domain 'helloworld'\nEscape character is ^] (Ctrl + ])\n",
  );
  const inside = (await terminal.container('ps -axuwf')).trim().split('\n');
  expect(inside[0]).toMatch(/^USER +PID %CPU %MEM +VSZ +RSS TTY +STAT START +TIME COMMAND$/);
  expect(inside[1]).toMatch(/^root +1 .* pts\/0 +[RS]N?s +\S+ +\S+ \/bin\/sh$/);
  expect(inside.slice(2)).toEqual([expect.stringMatching(/ RN?\+ .* ps -axuwf$/)]);
  expect(await terminal.detach()).toMatch(/^\n*$/);

  const processes = (await terminal.host('ps -axuwf')).split('\n');
  const at = processes.findIndex((line) => new RegExp(`^root +${id} `).test(line));
  expect(processes[at]).toMatch(
    new RegExp(`^root +${id} .* \\? +[RSD]N?s .* tslxc-monitor --name helloworld$`),
  );
  expect(processes[at + 1]).toMatch(/^root +\d+ .* pts\/\d+ +[RSD]N?s\+ .* \\_ \/bin\/sh$/);
  const found = await terminal.host('pgrep -x tslxc-monitor');
  expect(found.split('\n')).toContain(id);

  const again = await terminal.openConsole(name);
  expect(again).toContain("Connected to domain 'helloworld'\n");
  expect(again).toContain(`# ps -axuwf\n${inside.join('\n')}\n`);
  expect(await terminal.lastLine('exit')).toMatch(/^\n*$/);
  expect(await terminal.host('tslxc list --all')).toMatch(/^ - +helloworld +shut off$/m);

  await terminal.host('tslxc start helloworld');
  expect(await terminal.host('tslxc destroy helloworld')).toBe("Domain 'helloworld' destroyed\n\n");
  expect(await terminal.host('tslxc list --all')).toMatch(/^ - +helloworld +shut off$/m);
  expect(await terminal.host('tslxc undefine helloworld')).toBe(
    "Domain 'helloworld' has been undefined\n\n",
  );
  expect(await terminal.host('tslxc list --all')).not.toContain(name);
});

test('the two variables that the seed echoes are the domain’s', async () => {
  const { uuid } = await startHelloWorld();
  await using terminal = await SeedTerminal.open(world.root.path);
  await terminal.openConsole(name);
  expect(await terminal.container('echo $LIBVIRT_LXC_NAME $LIBVIRT_LXC_UUID')).toBe(
    `helloworld ${uuid}\n`,
  );
});
