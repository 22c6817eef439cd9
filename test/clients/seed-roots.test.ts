/** The seed's "Adding custom mounts" and "A private root filesystem with busybox", by Debian's own virsh. */
import { mkdirSync, readdirSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { helloWorldXml } from '../support/domain/domain-xml';
import { makeBusyboxRoot } from '../support/root/busybox-root';
import { clientEnvironment, rootAndDaemon } from '../support/clients/client-world';
import { SeedTerminal } from '../support/console/seed-terminal';
import { containerTest } from '../support/world/container-test';

const world = containerTest(rootAndDaemon);

function filesystem(source: string, target: string): string {
  return `<filesystem type='mount'>\n<source dir='${source}'/>\n<target dir='${target}'/>\n</filesystem>\n`;
}

const names = (text: string): string[] => text.split(/\s+/).filter((word) => word !== '');

test('a root of its own, with mounts, is what the console shows', async () => {
  await using busybox = await makeBusyboxRoot();
  const { path } = world.root;
  for (const [folder, file] of [
    ['config', 'hello.txt'],
    ['data', 'world.txt'],
  ] as const) {
    mkdirSync(join(path, folder));
    writeFileSync(join(path, folder, file), '');
  }
  const devices =
    filesystem(busybox.path, '/') +
    filesystem(join(path, 'config'), '/etc/httpd') +
    filesystem(join(path, 'data'), '/var/www');
  await using terminal = await SeedTerminal.open(path, {
    program: 'virsh',
    env: clientEnvironment,
  });
  const xml = helloWorldXml.replace('  </devices>\n', `${devices}  </devices>\n`);
  await terminal.writeFile('helloworld.xml', xml);
  expect(await terminal.host('virsh define helloworld.xml')).toContain('defined');
  expect(await terminal.host('virsh start helloworld')).toContain('started');
  await terminal.openConsole('helloworld');
  expect(names(await terminal.container('ls'))).toEqual(names('bin dev etc proc sys var'));
  expect(names(await terminal.container('ls bin/')).sort()).toEqual(
    readdirSync(join(busybox.path, 'bin')).sort(),
  );
  expect(await terminal.container('ls /etc/httpd/')).toBe('hello.txt\n');
  expect(await terminal.container('ls /var/www/')).toBe('world.txt\n');
  await terminal.lastLine('exit');
  expect(await terminal.host('virsh undefine helloworld')).toContain('has been undefined');
});
