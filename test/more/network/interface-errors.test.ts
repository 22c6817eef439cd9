/** What the host doesn't have, or has already, is told with the element and its place; nothing is made, or all is undone. */
import { readFileSync } from 'node:fs';
import { join } from 'node:path';
import type { TslxcError } from 'tslxc';
import { tracesOf } from '../../support/world/container-traces';
import { containerTest } from '../../support/world/container-test';
import { HostLinks, host } from '../../support/network/host-links';
import { expectHostUnchanged, snapshotHost } from '../../support/world/host-snapshot';
import { NetworkWorld, interfaceXml, lentXml, macOf } from '../../support/network/network-world';
import { runCommand } from '../../support/process/run-command';

const name = 'refused';

let links: HostLinks;

beforeAll(async () => {
  links = new HostLinks();
  await links.bridge('br0');
});

afterAll(() => links[Symbol.dispose]());

const world = containerTest(async (keep) => keep(await NetworkWorld.make()));

const onBridge = (more = '', mac = '01'): string =>
  interfaceXml({ type: 'bridge', source: "bridge='br0'", mac, more });

interface Refusal {
  readonly devices: string;
  readonly code: string;
  readonly words: RegExp;
  readonly element?: string;
}

const refusals: Readonly<Record<string, Refusal>> = {
  'a bridge that is not there': {
    devices: interfaceXml({ type: 'bridge', source: "bridge='none'" }),
    code: 'SYSTEM_ERROR',
    words:
      /^cannot find the bridge 'none': ENODEV, no such device \(look up the network interfaces; /,
  },
  'a bridge that is none': {
    devices: interfaceXml({ type: 'bridge', source: "bridge='br0-end'" }),
    code: 'CONFIG_UNSUPPORTED',
    words: /^unsupported configuration: the network interface 'br0-end' is not a bridge \(/,
  },
  'a device that is not there': {
    devices: interfaceXml({ type: 'direct', source: "dev='none'" }),
    code: 'SYSTEM_ERROR',
    words: /^cannot find the network interface 'none': ENODEV, no such device \(/,
  },
  'one to be lent that is not there': {
    devices: lentXml('none'),
    code: 'SYSTEM_ERROR',
    words: /^cannot find the network interface 'none': ENODEV, no such device \(/,
    element: 'domain/devices/hostdev',
  },
  'a name on the host that is taken': {
    devices: onBridge("<target dev='br0-end'/>"),
    code: 'RESOURCE_BUSY',
    words: /^resource busy: the host has a network interface 'br0-end' already \(/,
  },
  'a VLAN on a bridge that filters none': {
    devices: onBridge("<vlan><tag id='5'/></vlan>"),
    code: 'CONFIG_UNSUPPORTED',
    words:
      /'br0' does not filter VLANs, which 'ip link set br0 type bridge vlan_filtering 1' changes/,
  },
  'a gateway that no address reaches, after others were made': {
    devices: onBridge() + onBridge("<route address='0.0.0.0' gateway='203.0.113.1'/>", '02'),
    code: 'SYSTEM_ERROR',
    words:
      /^no address of the network interface 'eth1' reaches the gateway 203\.0\.113\.1: ENETUNREACH \(init step \d+ of \d+: add a route to /,
  },
  'a virtual network that is not there': {
    devices: interfaceXml({ type: 'network', source: "network='none'" }),
    code: 'NO_NETWORK',
    words: /^Network not found: no network with matching name 'none'/,
  },
};

test.each(Object.keys(refusals))('%s is refused in its line', async (what) => {
  const { devices, code, words, element = 'domain/devices/interface' } = refusals[what] as Refusal;
  const domain = await world.define({ name, devices });
  const before = snapshotHost();
  const error = await domain.start().then(
    () => undefined,
    (cause: unknown) => cause as TslxcError,
  );
  const stored = readFileSync(join(world.root, `etc/tslxc/lxc/${name}.xml`), 'utf8').split('\n');
  const tag = `<${element.split('/').pop() ?? ''} `;
  const lines = stored.flatMap((text, index) => (text.includes(tag) ? [index + 1] : []));
  expect(error).toMatchObject({ code, element, line: lines.at(-1), column: 5 });
  expect(error?.message).toMatch(words);
  expect(error?.message).toContain(`${element}, line ${lines.at(-1)}, column 5)`);
  expect(tracesOf(name)).toEqual([]);
  await expectHostUnchanged(before, { except: ['descriptors'] });
  const { code: exit, stderr } = await runCommand(['start', name], { root: world.root });
  expect(exit).toBe(1);
  expect(stderr).toContain(error?.message ?? '');
  process.stdout.write(`${error?.message ?? ''}\n`);
});

test('an address that is in use on the bridge is refused, until it is free again', async () => {
  const { domain: first } = await world.start({ name: 'first', devices: onBridge() });
  const second = await world.define({ name, devices: onBridge() });
  await expect(second.start()).rejects.toMatchObject({
    code: 'RESOURCE_BUSY',
    message: expect.stringContaining(
      `the MAC address ${macOf('01')} on the bridge 'br0' is that of domain 'first', which runs`,
    ) as string,
  });
  await first.destroy();
  await second.start();
});

test('a plan names what a start would make, and takes nothing', async () => {
  await world.define({ name, devices: onBridge("<guest dev='lan0'/>") });
  const { code, stdout } = await runCommand(['plan', name], { root: world.root });
  expect(code).toBe(0);
  expect(stdout).toContain(
    `make the network interface vnet1000 (fe:54:00:a0:00:01) with its peer lan0 (${macOf('01')}) in the container`,
  );
  expect(stdout).toContain('make the network interface vnet1000 a port of the bridge br0');
  expect(host.names()).not.toContain('vnet1000');
  await world.define({
    name: 'bridgeless',
    devices: refusals['a bridge that is not there']?.devices ?? '',
  });
  const refused = await runCommand(['plan', 'bridgeless'], { root: world.root });
  expect(refused.stderr).toContain("cannot find the bridge 'none'");
});
