/** The seed's "Connecting to the LXC driver" and "A simple Hello World LXC container", word for word, by Debian's own virsh. */
import { readFileSync } from 'node:fs';
import { helloWorldXml } from '../support/domain/domain-xml';
import { clientEnvironment, rootAndDaemon, virsh } from '../support/clients/client-world';
import { containerTest } from '../support/world/container-test';
import { SeedTerminal } from '../support/console/seed-terminal';

const name = 'helloworld';

const world = containerTest(rootAndDaemon);

function openTerminal(): Promise<SeedTerminal> {
  return SeedTerminal.open(world.root.path, { program: 'virsh', env: clientEnvironment });
}

/** What virsh has printed. On a terminal it starts polkit's agent, which says so where no polkit is running. */
function printed(text: string): string {
  return text.replace(/^Authorization not available\. Check if polkit service .*\n/gm, '');
}

test('virsh finds the driver by either way of naming it', async () => {
  expect(await virsh('-c', 'lxc:///', 'uri')).toMatchObject({ code: 0, stdout: 'lxc:///\n\n' });
  expect(await virsh('uri')).toMatchObject({ code: 0, stdout: 'lxc:///\n\n' });
});

test('the seed’s session, typed as it is printed', async () => {
  await using terminal = await openTerminal();
  await terminal.writeFile('helloworld.xml', helloWorldXml);
  expect(printed(await terminal.host('virsh define helloworld.xml'))).toBe(
    "Domain 'helloworld' defined from helloworld.xml\n\n",
  );
  expect(printed(await terminal.host('virsh start helloworld'))).toBe(
    "Domain 'helloworld' started\n\n",
  );
  const list = printed(await terminal.host('virsh list'));
  const [, id = ''] = /^ (\d+) +helloworld +running$/m.exec(list) ?? [];
  expect(list.split('\n')[0]).toMatch(/^ Id +Name +State$/);
  expect(readFileSync(`/proc/${id}/comm`, 'utf8')).toBe('tslxc-monitor\n');

  expect(printed(await terminal.openConsole(name))).toBe(
    "Connected to domain 'helloworld'\nEscape character is ^] (Ctrl + ])\n",
  );
  const inside = (await terminal.container('ps -axuwf')).trim().split('\n');
  expect(inside[0]).toMatch(/^USER +PID %CPU %MEM +VSZ +RSS TTY +STAT START +TIME COMMAND$/);
  expect(inside[1]).toMatch(/^root +1 .* pts\/0 +[RS]N?s +\S+ +\S+ \/bin\/sh$/);
  expect(printed(await terminal.detach())).toMatch(/^\n*$/);

  const again = printed(await terminal.openConsole(name));
  expect(again).toContain("Connected to domain 'helloworld'\n");
  expect(printed(await terminal.lastLine('exit'))).toMatch(/^\n*$/);
  expect(printed(await terminal.host('virsh list --all'))).toMatch(/^ - +helloworld +shut off$/m);

  await terminal.host('virsh start helloworld');
  expect(printed(await terminal.host('virsh destroy helloworld'))).toBe(
    "Domain 'helloworld' destroyed\n\n",
  );
  expect(printed(await terminal.host('virsh list --all'))).toMatch(/^ - +helloworld +shut off$/m);
  expect(printed(await terminal.host('virsh undefine helloworld'))).toBe(
    "Domain 'helloworld' has been undefined\n\n",
  );
  expect(printed(await terminal.host('virsh list --all'))).not.toContain(name);
});
