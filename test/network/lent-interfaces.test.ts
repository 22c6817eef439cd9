/** Interfaces that the host lends to a container come back under their own names, however it ends. */
import { execFileSync } from 'node:child_process';
import { closeSync, openSync } from 'node:fs';
import { join } from 'node:path';
import { connect } from 'tslxc';
import type { Domain } from 'tslxc';
import { native } from '../../lib/host/native';
import { monitorsOf } from '../support/world/container-traces';
import { eventually } from '../support/time/eventually';
import { containerTest } from '../support/world/container-test';
import { HostLinks, host, ip, settled } from '../support/network/host-links';
import type { ShownLink } from '../support/network/host-links';
import { NetworkWorld, interfaceXml, lentXml } from '../support/network/network-world';
import { expectReached } from '../support/network/ping';
import { runCommand, spawnCommand } from '../support/process/run-command';
import { startAndStay } from '../support/process/unfinished-caller';
import { sendSignal } from '../support/process/send-signal';

const name = 'borrower';

let links: HostLinks;
let card: ShownLink;

beforeAll(async () => {
  links = new HostLinks();
  // The end of a veth pair is as virtual as can be: the kernel would destroy it with the container's network.
  links.pair('card0', 'wire0');
  ip('address', 'add', '192.0.2.1/24', 'dev', 'wire0');
  ip('link', 'set', 'card0', 'up');
  await settled('card0', 'wire0');
  ip('link', 'set', 'card0', 'down');
});

afterAll(() => links[Symbol.dispose]());

beforeEach(() => {
  card = host.link('card0');
});

const world = containerTest(async (keep) => keep(await NetworkWorld.make()));

const devices = lentXml('card0', "<ip address='192.0.2.2' prefix='24'/>");

/** As if one process cleaned up now and another were the next: monitors that end leave it to that one. */
class HeldTurns implements Disposable {
  readonly #lock: number;

  constructor(root: string) {
    this.#lock = openSync(join(root, 'run/tslxc/reaper.lock'), 'a+', 0o600);
    for (const turn of [0, 1]) expect(native().tryLockByte(this.#lock, turn)).toBe(true);
  }

  [Symbol.dispose](): void {
    closeSync(this.#lock);
  }
}

function expectHome(): void {
  const { address, mtu } = host.link('card0');
  expect({ address, mtu }).toEqual({ address: card.address, mtu: card.mtu });
}

/** Without the help of another process. */
async function expectHomeInTime(domain: Domain): Promise<void> {
  await eventually(expectHome);
  await eventually(async () => expect((await domain.state()).state).toBe('shutoff'));
  await eventually(() => expect(monitorsOf(name)).toEqual([]));
}

test('it is the container’s while that runs, up and with its addresses, and lo is up', async () => {
  const { domain, inside } = await world.start({ name, devices });
  expect(host.names()).not.toContain('card0');
  expect(inside.names()).toEqual(['lo', 'card0']);
  expect([inside.isUp('lo'), inside.isUp('card0')]).toEqual([true, true]);
  expect(inside.link('card0').address).toBe(card.address);
  await expectReached(domain, '192.0.2.1');
  await domain.destroy();
  expectHome();
  await domain.start();
  expect(host.names()).not.toContain('card0');
  await domain.destroy();
  expectHome();
});

test('it stands beside others, whose names leave its own alone', async () => {
  const other = interfaceXml({ type: 'ethernet' });
  const { inside } = await world.start({ name, devices: other + devices });
  expect(inside.names()).toEqual(['lo', 'eth0', 'card0']);
});

describe('it comes back', () => {
  test('when init ends by itself, to its owner', async () => {
    const { domain } = await world.start({ name, devices });
    const stream = await domain.openConsole();
    stream.write('exit 3\n');
    stream.resume();
    await expectHomeInTime(domain);
    stream.destroy();
  });

  test('when init ends by itself and no process owns the container', async () => {
    const { domain } = await world.start({ name, devices }, { ownership: 'leave' });
    const stream = await domain.openConsole();
    stream.write('exit 3\n');
    stream.resume();
    await expectHomeInTime(domain);
    stream.destroy();
  });

  test.each(['keep', 'leave'] as const)(
    'when init is killed, with ownership %s',
    async (ownership) => {
      const { domain, init } = await world.start({ name, devices }, { ownership });
      process.kill(init, 'SIGKILL');
      await expectHomeInTime(domain);
    },
  );

  test('when others have their turn to clean up: its network would be gone before its own', async () => {
    const { domain, init } = await world.start({ name, devices }, { ownership: 'leave' });
    using _turns = new HeldTurns(world.root);
    process.kill(init, 'SIGKILL');
    await expectHomeInTime(domain);
  });

  test('when another process destroys a container without an owner', async () => {
    const { domain } = await world.start({ name, devices }, { ownership: 'leave' });
    expect(await runCommand(['destroy', name], { root: world.root })).toMatchObject({ code: 0 });
    expectHome();
    await expectHomeInTime(domain);
  });

  test('when another process destroys what this one owns', async () => {
    const { domain } = await world.start({ name, devices });
    expect(await runCommand(['destroy', name], { root: world.root })).toMatchObject({ code: 0 });
    expectHome();
    await expectHomeInTime(domain);
  });

  test('when the owner was killed, and then init', async () => {
    const domain = await world.define({ name, devices });
    const kill = await startAndStay(world.root, name);
    await kill();
    expect(host.names()).not.toContain('card0');
    await domain.destroy();
    expectHome();
  });

  test.each([
    ['another name', [['name', 'mine']]],
    [
      'another address and MTU',
      [
        ['address', '52:54:00:a0:00:99'],
        ['mtu', '1300'],
      ],
    ],
  ])('when the container has given it %s', async (_, changes) => {
    const { domain, init } = await world.start({ name, devices });
    const words = [`--net=/proc/${init}/ns/net`, 'ip', 'link', 'set', 'card0'];
    for (const change of [['down'], ...changes]) execFileSync('nsenter', [...words, ...change]);
    await domain.destroy();
    expectHome();
  });

  test('when the start fails after it was moved', async () => {
    const domain = await world.define({ name, devices, init: '/bin/none' });
    await expect(domain.start()).rejects.toThrow('cannot find init path');
    expectHome();
    expect(monitorsOf(name)).toEqual([]);
  });

  test('when the start is abandoned after it was moved, and the monitor hangs', async () => {
    const domain = await world.define({ name, devices });
    const abandon = new AbortController();
    process.env['TSLXC_FAILPOINT'] = 'monitor:after-mapped#1=stopSelf';
    const start = domain.start({ signal: abandon.signal });
    start.catch(() => undefined);
    try {
      await eventually(() => expect(host.names()).not.toContain('card0'));
    } finally {
      delete process.env['TSLXC_FAILPOINT'];
    }
    abandon.abort();
    await expect(start).rejects.toMatchObject({ code: 'OPERATION_ABORTED' });
    expectHome();
    expect(monitorsOf(name)).toEqual([]);
  });

  test('when the caller of the start was killed after it was moved', async () => {
    const domain = await world.define({ name, devices });
    const { signal } = await spawnCommand(['start', name], {
      root: world.root,
      env: { TSLXC_FAILPOINT: 'monitor:after-mapped#1=killController' },
    });
    expect(signal).toBe('SIGKILL');
    await expectHomeInTime(domain);
  });
});

test('where its name is taken by then it comes back under another, and the log says so', async () => {
  const { domain } = await world.start({ name, devices }, { ownership: 'leave' });
  using more = new HostLinks('beside others');
  more.pair('card0', 'other-end');
  const lines: unknown[] = [];
  const collect = (...words: unknown[]): unknown => lines.push(words);
  const logger = { debug: collect, info: collect, warn: collect, error: collect };
  await using connection = await connect(undefined, { root: world.root, logger });
  await (await connection.lookupDomainByName(name)).destroy();
  expect(host.link('card0-1').address).toBe(card.address);
  expect(JSON.stringify(lines)).toContain(
    "the network interface 'card0' came back as 'card0-1': its name is taken by another",
  );
  await expect(domain.state()).resolves.toMatchObject({ state: 'shutoff' });
  more[Symbol.dispose]();
  ip('link', 'set', 'card0-1', 'name', 'card0');
});

test('with the monitor a virtual one goes too, which the log tells, and the domain is off', async () => {
  using more = new HostLinks('beside others');
  more.pair('card1', 'wire1');
  const { domain } = await world.start({ name, devices: lentXml('card1') }, { ownership: 'leave' });
  sendSignal(domain.id, 'SIGKILL');
  await eventually(() => expect(monitorsOf(name)).toEqual([]));
  const lines: unknown[] = [];
  const collect = (...words: unknown[]): unknown => lines.push(words);
  const logger = { debug: collect, info: collect, warn: collect, error: collect };
  await using connection = await connect(undefined, { root: world.root, logger });
  await (await connection.lookupDomainByName(name)).state();
  await eventually(async () => {
    await connection.reap();
    expect(JSON.stringify(lines)).toContain(
      "the network interface 'card1' is lost: it went with the network of its container",
    );
  });
  await eventually(() => expect(host.names()).not.toContain('card1'));
});

test('what belongs to the host’s network alone is refused in its line, and stays', async () => {
  using more = new HostLinks('beside others');
  await more.bridge('br9');
  const domain = await world.define({ name, devices: lentXml('br9') });
  await expect(domain.start()).rejects.toMatchObject({
    element: 'domain/devices/hostdev',
    message: expect.stringMatching(
      /^the network interface 'br9' belongs to the host's network and can't be moved: EINVAL .*line \d+/,
    ) as string,
  });
  expect(host.isUp('br9')).toBe(true);
});

test('two containers can’t have it at once', async () => {
  await world.start({ name, devices });
  const second = await world.define({ name: 'second', devices });
  await expect(second.start()).rejects.toThrow("cannot find the network interface 'card0': ENODEV");
});
