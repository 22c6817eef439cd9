/** Scripts of the administrator are told of virtual networks and of what is plugged into them, as libvirt's are. */
import { existsSync, readFileSync } from 'node:fs';
import { connect } from 'tslxc';
import { domainXml } from '../support/domain/domain-xml';
import { HookScripts } from '../support/domain/hook-scripts';
import { makeTestRoot } from '../support/root/test-root';
import { containerTest } from '../support/world/container-test';

const mac = '52:54:00:78:00:07';
const xml = `<network><name>hooked</name><bridge name='hookbr1'/></network>`;

const world = containerTest(async (keep) => {
  const root = keep(await makeTestRoot());
  const connection = keep(await connect(undefined, { root: root.path }));
  const network = await connection.defineNetwork(xml);
  keep(async () => {
    if ((await network.info()).active) await network.destroy();
  });
  return { network, connection, scripts: new HookScripts(root) };
});

const interfaces = `<interface type='network'><mac address='${mac}'/><source network='hooked'/></interface>`;

test('of its start and end, of a change, and of the interface of a container', async () => {
  const { network, connection, scripts } = world;
  const input = scripts.file('input');
  scripts.add('network', `cat > ${input}.$2`);
  await network.start();
  const domain = await connection.defineDomain(
    domainXml({ name: 'hooks-network', devices: interfaces }),
  );
  await domain.start();
  await domain.destroy();
  await network.update({
    command: 'add-last',
    section: 'portgroup',
    xml: "<portgroup name='slow'/>",
    which: 'live',
  });
  await network.destroy();
  const operations = ['start begin', 'started begin', 'port-created begin', 'port-deleted begin'];
  expect(scripts.calls()).toEqual(
    [...operations, 'updated begin', 'stopped end'].map((words) => `network hooked ${words} -`),
  );
  const port = readFileSync(`${input}.port-created`, 'utf8');
  expect(port).toMatch(/^<hookData>\n {2}<network>[^]*<networkport>[^]*<\/hookData>\n$/);
  expect(port).toContain(`<mac address='${mac}'/>`);
  expect(readFileSync(`${input}.port-deleted`, 'utf8')).toBe(port);
  expect(readFileSync(`${input}.stopped`, 'utf8')).not.toContain('<networkport>');
});

test.each(['start', 'started'])('one that fails at %s refuses the network', async (operation) => {
  const { network, scripts } = world;
  scripts.add('network', `[ "$2" != ${operation} ]`);
  await expect(network.start()).rejects.toMatchObject({ code: 'HOOK_SCRIPT_FAILED' });
  expect((await network.info()).active).toBe(false);
  expect(existsSync('/sys/class/net/hookbr1')).toBe(false);
});

test('one that fails at a port refuses the start of its container', async () => {
  const { network, connection, scripts } = world;
  scripts.add('network', '[ "$2" != port-created ]');
  await network.start();
  const domain = await connection.defineDomain(
    domainXml({ name: 'hooks-refused', devices: interfaces }),
  );
  await expect(domain.start()).rejects.toMatchObject({ code: 'HOOK_SCRIPT_FAILED' });
  expect((await domain.state()).state).toBe('shutoff');
  await network.destroy();
});
