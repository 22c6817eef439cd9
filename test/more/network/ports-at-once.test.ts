/** A port of the host is one container's: of several starts at once, in several processes and roots, and of those that are killed. */
import { execFileSync } from 'node:child_process';
import { rmSync } from 'node:fs';
import { join } from 'node:path';
import type { Domain } from 'tslxc';
import { readPortClaims } from '../../../lib/container/interfaces/port/port-claims';
import { readRecord, writeRecord } from '../../../lib/host/state/record-file';
import { portClaimsPath } from '../../../lib/host/state/state-paths';
import { NetworkWorld, interfaceXml } from '../../support/network/network-world';
import { ChildGone, DrivenChild } from '../../support/process/driven-child';
import { readProcess } from '../../support/process/processes';
import { sendSignal } from '../../support/process/send-signal';
import { eventually } from '../../support/time/eventually';
import { containerTest } from '../../support/world/container-test';
import { monitorsOf } from '../../support/world/container-traces';

/** The roots, and the network that each has. */
const subnets = { one: '10.78.0', other: '10.79.0' } as const;
type Place = keyof typeof subnets;

const rounds = 3;

const worlds = containerTest(async (keep) => {
  const made = { one: keep(await NetworkWorld.make()), other: keep(await NetworkWorld.make()) };
  for (const place of ['one', 'other'] as const) {
    await made[place].connection.createNetwork(
      `<network><name>${place}</name><forward mode='nat'/><bridge name='ports-${place}'/>
        <ip address='${subnets[place]}.1' prefix='24'/></network>`,
    );
  }
  return made;
});

const forwarded = (range: string): string =>
  `<portForward proto='tcp'><range ${range}/></portForward>`;

/** `number` ends its addresses. */
const device = (place: Place, number: number, forward: string): string =>
  interfaceXml({
    type: 'network',
    source: `network='${place}'`,
    mac: String(number),
    more: `<ip address='${subnets[place]}.${number}' prefix='24'/>${forward}`,
  });

const define = (place: Place, number: number, forward = forwarded("start='8080' to='80'")) =>
  worlds[place].define({
    name: `port-${number}`,
    devices: device(place, number, forward),
  });

const tables = (): string[] =>
  execFileSync('nft', ['list', 'tables'], { encoding: 'utf8' })
    .split('\n')
    .filter((line) => line.includes('tslxc_forward'));

const startOf = ({ name }: Domain): string =>
  `await (await connection.lookupDomainByName('${name}')).start();`;

const refusal = (domain: Domain): Promise<unknown> =>
  domain.start().then(
    () => undefined,
    (error: unknown) => error,
  );

test('of several starts at once, one gets the port, and the others are told who', async () => {
  const places = ['one', 'other', 'one', 'other', 'one'] as const;
  const contenders: { domain: Domain; caller: DrivenChild }[] = [];
  try {
    for (const [index, place] of places.entries()) {
      const domain = await define(place, 10 + index);
      contenders.push({ domain, caller: await DrivenChild.start(worlds[place].root) });
    }
    for (let round = 0; round < rounds; round += 1) {
      const outcomes = await Promise.all(
        contenders.map(async ({ domain, caller }) => ({
          domain,
          ...(await caller.try(startOf(domain))),
        })),
      );
      const [winner, ...others] = outcomes.filter(({ error }) => error === undefined);
      expect(others).toEqual([]);
      const name = winner?.domain.name ?? 'nobody';
      for (const { error } of outcomes.filter((one) => one !== winner)) {
        expect(error).toMatchObject({
          code: 'RESOURCE_BUSY',
          message: expect.stringContaining(`is forwarded to the domain '${name}'`) as string,
        });
      }
      expect(tables()).toHaveLength(1);
      expect(readPortClaims()).toEqual([expect.objectContaining({ name })]);
      await winner?.domain.destroy();
      expect(tables()).toEqual([]);
    }
  } finally {
    for (const { caller } of contenders) await caller[Symbol.asyncDispose]();
  }
  expect(readPortClaims()).toEqual([]);
}, 180_000);

// Later the monitor has its plan, and a start that is fast enough is one without its caller: the next test.
test('a start whose caller is killed has no port, though no process has cleaned up after it', async () => {
  const killed = await define('one', 10);
  const next = await define('other', 11);
  const env = { TSLXC_FAILPOINT: 'controller:after-targets=killController' };
  await using caller = await DrivenChild.start(worlds.one.root, { env });
  await expect(caller.try(startOf(killed))).rejects.toBeInstanceOf(ChildGone);
  expect(readPortClaims()).toEqual([expect.objectContaining({ name: killed.name })]);
  // Its monitor may live for a moment.
  await eventually(() => next.start());
  expect(tables()).toHaveLength(1);
  expect(readPortClaims()).toEqual([expect.objectContaining({ name: next.name })]);
  expect(await refusal(killed)).toMatchObject({ code: 'RESOURCE_BUSY' });
  await next.destroy();
  await killed.start();
});

test('a container has its port without its caller, and not without its monitor', async () => {
  const first = await define('one', 10);
  const next = await define('other', 11);
  const caller = await DrivenChild.start(worlds.one.root);
  await caller.run(startOf(first));
  await caller[Symbol.asyncDispose]();
  expect(await refusal(next)).toMatchObject({
    code: 'RESOURCE_BUSY',
    element: 'domain/devices/interface/portForward',
    message: expect.stringContaining(
      `the port 8080 (tcp) is forwarded to the domain '${first.name}' of the root ${worlds.one.root} already`,
    ) as string,
  });
  for (const monitor of monitorsOf(first.name)) sendSignal(monitor, 'SIGKILL');
  await eventually(() => next.start());
  expect(tables()).toHaveLength(1);
});

/** A caller in the root of `place`, from which the other root is hidden by a mount namespace of its own. */
function blindTo(hidden: Place, place: Place): Promise<DrivenChild> {
  const hide = `mount -t tmpfs none ${worlds[hidden].root} && exec "$@"`;
  const prefix = ['unshare', '--mount', 'sh', '-c', hide, 'sh'];
  return DrivenChild.start(worlds[place].root, { prefix });
}

test.each([
  { how: 'is chosen', target: '' },
  { how: 'is asked for', target: "<target dev='portweb0'/>" },
])('who does not see its root gets none of its ports; its name $how', async ({ target }) => {
  const first = await define('one', 10, forwarded("start='8080' to='80'") + target);
  const next = await define('other', 11);
  const env = { TSLXC_FAILPOINT: 'controller:after-targets=stopSelf' };
  await using caller = await DrivenChild.start(worlds.one.root, { env });
  await using blind = await blindTo('one', 'other');
  const expectRefusal = async (): Promise<void> => {
    const message = `forwarded to the domain '${first.name}' of the root ${worlds.one.root} already`;
    expect(await blind.try(startOf(next))).toMatchObject({
      error: {
        code: 'RESOURCE_BUSY',
        message: expect.stringContaining(message) as string,
      },
    });
    expect(readPortClaims()).toEqual([expect.objectContaining({ name: first.name })]);
    expect(tables()).toHaveLength(1);
  };
  const started = caller.try(startOf(first));
  await eventually(() => expect(readProcess(caller.pid).state).toBe('T'));
  // Nothing of it is there but the claim and its rules.
  await expectRefusal();
  sendSignal(caller.pid, 'SIGCONT');
  expect(await started).not.toHaveProperty('error');
  await expectRefusal();
  // No process cleans up after it.
  await caller[Symbol.asyncDispose]();
  for (const monitor of monitorsOf(first.name)) sendSignal(monitor, 'SIGKILL');
  await eventually(() => blind.run(startOf(next)));
  expect(readPortClaims()).toEqual([expect.objectContaining({ name: next.name })]);
  expect(tables()).toHaveLength(1);
  await next.destroy();
});

test('a claim of another network namespace is in the way of no start, and stays', async () => {
  const first = await define('one', 10);
  const path = join(portClaimsPath, '1-tslxc_forward_of_another.json');
  await first.start();
  const foreign = { ...readPortClaims()[0], name: 'port-elsewhere' };
  await first.destroy();
  writeRecord(path, foreign);
  try {
    await first.start();
    expect(readPortClaims()).toEqual([expect.objectContaining({ name: first.name })]);
    await first.destroy();
    expect(readRecord(path)).toEqual(foreign);
  } finally {
    rmSync(path);
  }
});

test('what runs keeps its ports when it asks for those of another', async () => {
  const at = (port: number): string => forwarded(`start='${port}' to='80'`);
  const first = await define('one', 10, at(8080));
  const second = await define('one', 11, at(9090));
  await first.start();
  await second.start();
  const change = (domain: Domain, number: number, port: number): Promise<void> =>
    domain.updateDevice(device('one', number, at(port)), { which: 'live' });
  await expect(change(first, 10, 9090)).rejects.toMatchObject({ code: 'RESOURCE_BUSY' });
  expect(await first.xml()).toContain("<range start='8080' to='80'/>");
  await expect(change(second, 11, 8080)).rejects.toMatchObject({ code: 'RESOURCE_BUSY' });
  await change(first, 10, 7070);
  await change(second, 11, 8080);
  expect(tables()).toHaveLength(2);
  await first.destroy();
  await second.destroy();
  expect(readPortClaims()).toEqual([]);
});

test('two interfaces of one domain do not share a port', async () => {
  const forward = forwarded("start='8080' to='80'");
  const devices = device('one', 10, forward) + device('one', 11, forward);
  const domain = await worlds.one.define({ name: 'port-twice', devices });
  expect(await refusal(domain)).toMatchObject({ code: 'RESOURCE_BUSY' });
  expect([tables(), readPortClaims()]).toEqual([[], []]);
});
