/** Whatever root inside makes of an interface that the host lends, the host has its own again, and nothing else. */
import { execFileSync, spawn } from 'node:child_process';
import { once } from 'node:events';
import type { Domain } from 'tslxc';
import { monitorsOf } from '../../support/world/container-traces';
import { eventually } from '../../support/time/eventually';
import { containerTest } from '../../support/world/container-test';
import { HostLinks, host, ip, settled } from '../../support/network/host-links';
import type { ShownLink } from '../../support/network/host-links';
import { libraryWords } from '../../support/process/library-child';
import { NetworkWorld, interfaceXml, lentXml } from '../../support/network/network-world';
import { commandEnvironment } from '../../support/process/run-command';
import { sendSignal } from '../../support/process/send-signal';

const name = 'borrower';

let links: HostLinks;
let cards: ShownLink[];

beforeAll(async () => {
  links = new HostLinks();
  links.pair('card0', 'wire0');
  links.pair('card1', 'wire1');
  for (const card of ['card0', 'card1']) ip('link', 'set', card, 'up');
  await settled('card0', 'wire0', 'card1', 'wire1');
  for (const card of ['card0', 'card1']) ip('link', 'set', card, 'down');
});

afterAll(() => links[Symbol.dispose]());

beforeEach(() => {
  cards = shown();
});

const world = containerTest(async (keep) => keep(await NetworkWorld.make()));

function shown(): ShownLink[] {
  return [host.link('card0'), host.link('card1')];
}

/** Each is the other end of the same wire, with the same address. */
function expectHome(): void {
  const facts = ({ address, mtu, link }: ShownLink) => ({ address, mtu, link });
  expect(shown().map(facts)).toEqual(cards.map(facts));
}

function inContainer(init: number): (...words: readonly string[]) => void {
  return (...words) => {
    execFileSync('nsenter', [`--net=/proc/${init}/ns/net`, 'ip', ...words]);
  };
}

async function borrow(
  devices: string,
): Promise<{ domain: Domain; say: (...words: readonly string[]) => void }> {
  const { domain, init } = await world.start({ name, devices });
  return { domain, say: inContainer(init) };
}

const both = lentXml('card0') + lentXml('card1');

test('two that have exchanged their names and addresses come back as they were', async () => {
  const other = interfaceXml({ type: 'ethernet' });
  const { domain, say } = await borrow(other + both);
  for (const card of ['card0', 'card1']) say('link', 'set', card, 'down');
  const [first, second] = cards.map(({ address }) => address);
  say('link', 'set', 'card0', 'address', second ?? '', 'name', 'spare');
  say('link', 'set', 'card1', 'address', first ?? '', 'name', 'card0');
  say('link', 'set', 'spare', 'name', 'card1');
  await domain.destroy();
  expectHome();
});

test('one that has been put in its place does not come to the host', async () => {
  const { domain, say } = await borrow(lentXml('card0'));
  say('link', 'set', 'card0', 'down', 'name', 'hidden');
  say('link', 'add', 'card0', 'type', 'veth', 'peer', 'name', 'spy');
  await domain.destroy();
  expectHome();
});

test.each(['lo', 'wire1', 'docker7'])(
  'the alternative name %s does not keep it from coming home, and goes',
  async (alternative) => {
    const { domain, say } = await borrow(lentXml('card0'));
    // The loopback's name is the container's too: there it has to go first.
    if (alternative === 'lo') say('link', 'set', 'lo', 'down', 'name', 'loop');
    say('link', 'property', 'add', 'dev', 'card0', 'altname', alternative);
    await domain.destroy();
    expectHome();
    expect(host.try('ip', 'link', 'show', 'docker7')).toBe(false);
  },
);

test('an alternative name of the host’s is kept', async () => {
  ip('link', 'property', 'add', 'dev', 'card0', 'altname', 'uplink');
  try {
    const { domain } = await borrow(lentXml('card0'));
    await domain.destroy();
    expectHome();
    expect(host.try('ip', 'link', 'show', 'uplink')).toBe(true);
  } finally {
    ip('link', 'property', 'del', 'dev', 'card0', 'altname', 'uplink');
  }
});

test('where its name is taken by then it gets one of ours, and not that which it had inside', async () => {
  const { domain, say } = await borrow(lentXml('card0'));
  using more = new HostLinks('beside others');
  more.pair('card0', 'other-end');
  say('link', 'set', 'card0', 'down', 'name', 'docker7');
  await domain.destroy();
  expect(host.names()).not.toContain('docker7');
  expect(host.link('card0-1').address).toBe(cards[0]?.address);
  more[Symbol.dispose]();
  ip('link', 'set', 'card0-1', 'name', 'card0');
});

test('when it is deleted inside, another of the host’s with the same address keeps its name', async () => {
  using more = new HostLinks('beside others');
  more.pair('card2', 'wire2');
  more.pair('twin', 'twin-end');
  ip('link', 'set', 'twin', 'address', host.link('card2').address);
  ip('link', 'set', 'twin', 'up');
  const { domain, say } = await borrow(lentXml('card2'));
  say('link', 'delete', 'card2');
  await domain.destroy();
  expect(host.isUp('twin')).toBe(true);
  expect(host.names()).not.toContain('card2');
});

test('it comes back when the monitor was stopped, and the container is destroyed', async () => {
  const { domain } = await borrow(both);
  sendSignal(domain.id, 'SIGSTOP');
  await domain.destroy();
  expectHome();
  await eventually(() => expect(monitorsOf(name)).toEqual([]));
});

test('it comes back when the monitor of a start was stopped, and the caller killed, and no monitor stays', async () => {
  const domain = await world.define({ name, devices: both });
  const [program, ...words] = libraryWords(`
    const connection = await connect();
    await (await connection.lookupDomainByName('${name}')).start();`);
  const env = {
    ...commandEnvironment(world.root),
    TSLXC_FAILPOINT: 'monitor:after-mapped#1=stopSelf',
  };
  const caller = spawn(program, words, { stdio: 'ignore', env });
  const ended = once(caller, 'exit');
  await eventually(() => expect(host.names()).not.toContain('card0'));
  caller.kill('SIGKILL');
  await ended;
  await domain.start();
  await domain.destroy();
  expectHome();
  await eventually(() => expect(monitorsOf(name)).toEqual([]));
});
