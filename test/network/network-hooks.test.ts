/** Scripts of the administrator are told of virtual networks and of what is plugged into them, as libvirt's are. */
import { existsSync, readFileSync, writeFileSync } from 'node:fs';
import { connect } from 'tslxc';
import type { Domain } from 'tslxc';
import { domainXml } from '../support/domain/domain-xml';
import { HookScripts } from '../support/domain/hook-scripts';
import { commandLine } from '../support/process/run-command';
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
  return { root, network, connection, scripts: new HookScripts(root) };
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
  expect(scripts.calls().at(-1)).toBe('network hooked stopped end -');
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

/** Kills the command that calls a script at that operation while the script runs. */
async function killedAt(operation: string, words: readonly string[]): Promise<void> {
  const kill = await world.scripts.stuckAt('network', operation, words);
  await kill();
}

function operations(): string[] {
  return world.scripts.calls().map((line) => line.replace('network hooked ', ''));
}

test('a network whose caller is killed while `started` runs has not started, and is told of as stopped', async () => {
  const { network } = world;
  await killedAt('started', ['net-start', 'hooked']);
  expect((await network.info()).active).toBe(false);
  expect(operations()).toEqual(['start begin -', 'started begin -', 'stopped end -']);
  expect(existsSync('/sys/class/net/hookbr1')).toBe(false);
});

test('of a start that is killed before anything is made, the next look tells of the end', async () => {
  const { network } = world;
  await killedAt('start', ['net-start', 'hooked']);
  expect((await network.info()).active).toBe(false);
  expect(operations()).toEqual(['start begin -', 'stopped end -']);
});

test('an end whose caller is killed in `stopped` is told of by the next process', async () => {
  const { network } = world;
  await network.start();
  await killedAt('stopped', ['net-destroy', 'hooked']);
  expect((await network.info()).active).toBe(false);
  expect(operations()).toEqual(['stopped end -', 'stopped end -']);
  await network.start();
  expect(operations().slice(2)).toEqual(['start begin -', 'started begin -']);
});

describe('a port that is made without a container', () => {
  const port = '02169d49-0068-4612-b2de-901c4a14c5a4';
  const owner = '5c8a1b5e-0e9d-4ff4-a7b3-7d9d1e1f2a3b';
  const text = `<networkport><uuid>${port}</uuid><owner><name>x</name><uuid>${owner}</uuid></owner><mac address='${mac}'/></networkport>`;
  let file: string;

  beforeEach(async () => {
    file = world.scripts.file('port.xml');
    writeFileSync(file, text);
    await world.network.start();
  });

  test('is none when a hook has refused it', async () => {
    const { network, scripts } = world;
    scripts.add('network', '[ "$2" != port-created ]');
    await expect(network.createPort(text)).rejects.toMatchObject({ code: 'HOOK_SCRIPT_FAILED' });
    expect(await network.ports()).toEqual([]);
    await network.destroy();
    expect(operations()).toEqual(['port-created begin -', 'stopped end -']);
  });

  test('is none when its caller was killed before the hook had agreed: the next change tells of its end', async () => {
    const { network } = world;
    await killedAt('port-created', ['net-port-create', 'hooked', file]);
    expect(await network.ports()).toEqual([]);
    await network.createPort(text);
    const calls = ['port-created begin -', 'port-deleted begin -', 'port-created begin -'];
    expect(operations()).toEqual(calls);
    expect(await network.ports()).toHaveLength(1);
  });

  test('is there until the hook has been told of its end', async () => {
    const { network } = world;
    await network.createPort(text);
    await killedAt('port-deleted', ['net-port-delete', 'hooked', port]);
    expect(await network.ports()).toHaveLength(1);
    await network.deletePort(port);
    expect(operations()).toEqual(['port-deleted begin -', 'port-deleted begin -']);
    expect(await network.ports()).toEqual([]);
  });
});

/** Lines of a script that run the command. */
function command(...words: readonly string[]): string {
  return `TSLXC_ROOT=${world.root.path} ${commandLine(...words).join(' ')} >&2`;
}

test('a bridge that was given away while a hook ran is not taken', async () => {
  const { connection, scripts } = world;
  const nameless = '<network><name>nameless</name></network>';
  const first = await connection.createNetwork(nameless);
  const { bridge = '' } = await first.info();
  await first.destroy();
  const file = scripts.file('other.xml');
  writeFileSync(file, `<network><name>other</name><bridge name='${bridge}'/></network>`);
  scripts.add('network', `[ "$1 $2" != "nameless start" ] || ${command('net-define', file)}`);
  const second = await connection.createNetwork(nameless);
  expect((await second.info()).bridge).not.toBe(bridge);
  await second.destroy();
});

test('what a network has promised to another container while a hook ran is not promised again', async () => {
  const { connection, scripts } = world;
  const limited = await connection.createNetwork(
    "<network><name>limited</name><bridge name='hookbr3'/><bandwidth><inbound average='1000'/></bandwidth></network>",
  );
  const floor = "<bandwidth><inbound average='900' floor='800'/></bandwidth>";
  const define = (name: string): Promise<Domain> =>
    connection.defineDomain(
      domainXml({
        name,
        devices: `<interface type='network'><source network='limited'/>${floor}</interface>`,
      }),
    );
  const [one, two] = [await define('hooks-one'), await define('hooks-two')];
  scripts.add('lxc', `[ "$1 $2" != "hooks-one start" ] || ${command('start', 'hooks-two')}`);
  await expect(one.start()).rejects.toMatchObject({
    code: 'OPERATION_INVALID',
    message: expect.stringContaining('overcommit') as string,
  });
  await two.destroy();
  await limited.destroy();
});
