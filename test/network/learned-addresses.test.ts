/**
 * Hardware addresses that the bridge of a network learns from a container's frames (T27): the kernel keeps them in memory of the
 * host that it charges to no container.
 */
import { execFileSync } from 'node:child_process';
import { readFileSync } from 'node:fs';
import { join } from 'node:path';
import { connect } from 'tslxc';
import { domainXml } from '../support/domain/domain-xml';
import { idMapXml } from '../support/domain/mapped-domain';
import { makeTestRoot } from '../support/root/test-root';
import { eventually } from '../support/time/eventually';
import { containerTest } from '../support/world/container-test';
import { hostHas } from '../support/world/host-side';

const script = readFileSync(join(__dirname, 'flood-bridge.py'), 'utf8');

const world = containerTest(async (keep) => {
  const root = keep(await makeTestRoot());
  return { connection: keep(await connect('lxc:///', { root: root.path })) };
});

interface ShownBridge {
  readonly linkinfo: {
    readonly info_data: { readonly fdb_max_learned?: number; readonly fdb_n_learned?: number };
  };
  readonly stats64: { readonly rx: { readonly packets: number } };
}

function shown(name: string): ShownBridge {
  const text = execFileSync('ip', ['-d', '-s', '-j', 'link', 'show', name], { encoding: 'utf8' });
  const [found] = JSON.parse(text) as ShownBridge[];
  if (found === undefined) throw new Error(`no interface ${name}`);
  return found;
}

const flood = 12_000;

interface Asked {
  /** Of the network. */
  readonly metadata?: string;
  /** In the container's interface. */
  readonly filter?: string;
}

/** Starts a network, has a container flood it, and resolves with what its bridge has learned. */
async function learned({ metadata = '', filter = '' }: Asked = {}): Promise<
  ShownBridge['linkinfo']['info_data']
> {
  const network = await world.connection.defineNetwork(`<network>
    <name>lab</name>${metadata}<bridge name='lab0'/>
    <ip address='192.168.151.1' netmask='255.255.255.0'/></network>`);
  await network.start();
  const devices = `<interface type='network'><source network='lab'/><target dev='port0'/>${filter}</interface>`;
  const domain = await world.connection.defineDomain(
    domainXml({
      name: 'flooding',
      init: '/bin/sleep',
      initArguments: ['1000'],
      devices,
      elements: idMapXml(),
    }),
  );
  await domain.start();
  const argv = ['python3', '-c', script, 'eth0', String(flood)];
  expect(await domain.exec(argv)).toMatchObject({ code: 0, stderr: '' });
  // The frames that have come in are those that the bridge has dealt with.
  await eventually(() => expect(shown('port0').stats64.rx.packets).toBeGreaterThanOrEqual(flood));
  const { info_data } = shown('lab0').linkinfo;
  await domain.destroy();
  await network.destroy();
  return info_data;
}

const most = (max: number): string =>
  `<metadata><t:network xmlns:t='urn:tslxc:domain:1'><t:learned-addresses max='${max}'/></t:network></metadata>`;

/** What an ordinary network learns; undefined, noted, where the kernel has no limit. */
async function usual(): Promise<ShownBridge['linkinfo']['info_data'] | undefined> {
  const found = await learned();
  return hostHas('a limit of learned addresses', () => 'fdb_max_learned' in found)
    ? found
    : undefined;
}

test('are at most 8192, or as many as the network says', async () => {
  const found = await usual();
  if (found === undefined) return;
  expect(found).toMatchObject({ fdb_max_learned: 8192, fdb_n_learned: 8192 });
  const few = await learned({ metadata: most(300) });
  expect(few).toMatchObject({ fdb_max_learned: 300, fdb_n_learned: 300 });
});

test('control: with a higher limit all are learned', async () => {
  const { fdb_n_learned = flood } = await learned({ metadata: most(1_000_000) });
  expect(fdb_n_learned).toBeGreaterThanOrEqual(flood);
});

test('are not learned from what the filter clean-traffic drops', async () => {
  const { fdb_n_learned = 0 } = await learned({ filter: "<filterref filter='clean-traffic'/>" });
  expect(fdb_n_learned).toBeLessThan(10);
});
