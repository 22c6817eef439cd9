/** Real containers through the library: define, start, list, wait, destroy, undefine. */
import { readFileSync, readdirSync, readlinkSync } from 'node:fs';
import { setTimeout as sleep } from 'node:timers/promises';
import { connect, type Domain } from 'tslxc';
import { statePaths } from '../../lib/host/state/state-paths';
import { askConsole } from '../support/console/console-answer';
import { domainXml } from '../support/domain/domain-xml';
import { eventually } from '../support/time/eventually';
import { containerTest, rootAndConnection } from '../support/world/container-test';
import { repeats } from '../support/time/repeats';
import { sideBySide } from '../support/world/side-by-side';

const name = 'lifecycle';

const world = containerTest(rootAndConnection);

/** A container whose shell does `script`. */
function scriptXml(script: string, elements = ''): string {
  return domainXml({ name, initArguments: ['-c', script], elements });
}

function define(script: string, elements = ''): Promise<Domain> {
  return world.connection.defineDomain(scriptXml(script, elements));
}

async function listed(): Promise<string[]> {
  const domains = await world.connection.listDomains();
  return domains.map((domain) => `${domain.name} ${domain.id === undefined ? 'off' : 'running'}`);
}

test('a domain is defined, started, listed, destroyed and undefined', async () => {
  const domain = await define('exec sleep 100');
  expect(await listed()).toEqual([`${name} off`]);
  await domain.start();
  expect(await listed()).toEqual([`${name} running`]);
  const { id } = domain;
  expect(readFileSync(`/proc/${id ?? 0}/comm`, 'utf8')).toBe('tslxc-monitor\n');
  expect((await world.connection.lookupDomainById(id ?? 0)).name).toBe(name);
  expect(await domain.state()).toEqual({ state: 'running', reason: 'booted' });
  await domain.destroy();
  expect(await listed()).toEqual([`${name} off`]);
  expect(await domain.state()).toMatchObject({ state: 'shutoff', reason: 'destroyed' });
  await domain.undefine();
  expect(await listed()).toEqual([]);
  expect(readdirSync(statePaths(world.root.path).domains)).toEqual([]);
  expect(readdirSync(statePaths(world.root.path).definitions)).toEqual([]);
});

test('a running container has numbers, live XML and a pty on the host', async () => {
  const domain = await define('exec sleep 100');
  await domain.start();
  const { maxMemory, usedMemory, cpuTime, persistent } = await domain.info();
  expect({ maxMemory, persistent }).toEqual({ maxMemory: 102400, persistent: true });
  expect(usedMemory).toBeGreaterThan(0);
  expect(usedMemory).toBeLessThan(102400);
  expect(cpuTime).toBeGreaterThan(0n);
  const pty = domain.consolePath();
  expect(pty).toMatch(/^\/dev\/pts\/\d+$/);
  const xml = await domain.xml();
  expect(xml).toContain(`<domain type='lxc' id='${domain.id ?? ''}'>`);
  expect(xml).toContain(`<source path='${pty ?? ''}'/>`);
  await domain.destroy();
});

test.each([0, 1, 42, 255])('exit(%i) of init is told exactly', async (code) => {
  const domain = await define(`exit ${code}`);
  await domain.start();
  expect(await domain.wait()).toMatchObject({ how: 'exited', code });
  const exit = expect.objectContaining({ how: 'exited', code }) as object;
  expect(await domain.state()).toEqual({ state: 'shutoff', reason: 'shutdown', exit });
  expect(await domain.wait()).toMatchObject({ how: 'exited', code });
});

test('the signal that ended init is told exactly, and is a crash', async () => {
  const domain = await define('exec sleep 100');
  await domain.start();
  const waiting = domain.wait();
  await domain.sendSignal(9);
  expect(await waiting).toMatchObject({ how: 'killed', signal: 9 });
  expect(await domain.state()).toMatchObject({ state: 'shutoff', reason: 'crashed' });
});

test('a signal that init handles reaches it', async () => {
  const domain = await define("trap 'exit 7' TERM; echo trapped; while :; do sleep 0.05; done");
  await domain.start();
  await askConsole(domain, '', /trapped/);
  await domain.sendSignal(15);
  expect(await domain.wait()).toMatchObject({ how: 'exited', code: 7 });
});

test('a transient domain leaves nothing but the memory of its end', async () => {
  const domain = await world.connection.createDomain(scriptXml('exit 5'));
  expect(domain.isPersistent()).toBe(false);
  expect(await domain.wait()).toMatchObject({ how: 'exited', code: 5 });
  await eventually(() => expect(readdirSync(statePaths(world.root.path).domains)).toEqual([]));
  expect(await listed()).toEqual([]);
  expect(await domain.wait()).toMatchObject({ how: 'exited', code: 5 });
});

test('a running domain that is undefined goes on, and is gone at its end', async () => {
  const domain = await define('exec sleep 100');
  await domain.start();
  await domain.undefine();
  expect(await listed()).toEqual([`${name} running`]);
  await domain.destroy();
  expect(await listed()).toEqual([]);
  expect(readdirSync(statePaths(world.root.path).domains)).toEqual([]);
});

test(`after an exit, undefine and list at once never show it running: ${repeats(200)} times`, async () => {
  await sideBySide({ sides: 4, times: repeats(200) }, async (side, run) => {
    const other = await connect('lxc:///', { root: side.root });
    const xml = scriptXml('exit 0').replace(name, `${name}-${side.index}`);
    const domain = await side.connection.defineDomain(xml);
    await domain.start({ ownership: run % 2 === 0 ? 'keep' : 'leave' });
    await domain.wait();
    const [, seen] = await Promise.all([domain.undefine(), other.listDomains()]);
    expect(seen.map(({ id }) => id)).not.toContainEqual(expect.any(Number));
    expect(await other.listDomains()).toEqual([]);
    await other.close();
  });
});

test('on_poweroff restart starts it again until it is destroyed', async () => {
  const domain = await define('sleep 0.1', '<on_poweroff>restart</on_poweroff>');
  await domain.start();
  const ids = new Set<number>();
  await eventually(() => {
    if (domain.id !== undefined) ids.add(domain.id);
    expect(ids.size).toBeGreaterThanOrEqual(3);
  }, 10_000);
  await destroyRestarting(domain);
});

test('on_poweroff restart starts it again also when nobody owns it', async () => {
  const domain = await define('sleep 0.1', '<on_poweroff>restart</on_poweroff>');
  await domain.start({ ownership: 'leave' });
  const first = domain.id;
  // Only files are read here: the one that starts it again is the monitor's own last act.
  await eventually(() => {
    expect(domain.id).toBeDefined();
    expect(domain.id).not.toBe(first);
  }, 20_000);
  await destroyRestarting(domain);
});

/** Milliseconds after the first at which an init that ends at once is started, at the earliest. */
const earliest = [0, 100, 300, 700, 1500, 3100, 6300, 12_700];

test.each(['keep', 'leave'] as const)(
  'an init that ends at once does not start again and again (ownership %s), and destroy wins at once',
  async (ownership) => {
    const events = world.connection.events();
    let starts = 0;
    const counting = (async (): Promise<void> => {
      for await (const { event } of events) if (event === 'started') starts += 1;
    })();
    const domain = await define('exit 0', '<on_poweroff>restart</on_poweroff>');
    const began = performance.now();
    await domain.start({ ownership });
    await eventually(() => expect(starts).toBeGreaterThanOrEqual(5), 10_000);
    const passed = performance.now() - began;
    expect(starts).toBeLessThanOrEqual(earliest.filter((time) => time <= passed).length);
    // The next would be 1.6 s after the fifth: it is destroyed while it waits for that, and there is none.
    await eventually(() => expect(domain.id).toBeUndefined());
    await domain.destroy();
    const startsBefore = starts;
    await destroyedForGood(domain);
    expect(starts).toBe(startsBefore);
    await events.return?.();
    await counting;
  },
);

async function destroyedForGood(domain: Domain): Promise<void> {
  await sleep(1000);
  expect(domain.id).toBeUndefined();
  expect(await domain.state()).toMatchObject({ state: 'shutoff' });
}

async function destroyRestarting(domain: Domain): Promise<void> {
  await domain.destroy();
  await destroyedForGood(domain);
}

test('a start that is given up leaves the host as it was', async () => {
  const domain = await define('exec sleep 100');
  const controller = new AbortController();
  const starting = domain.start({ signal: controller.signal });
  setTimeout(() => controller.abort(), 1);
  const outcome = await starting.then(
    () => 'started',
    (error: unknown) => (error as { code: string }).code,
  );
  // The signal may come after the commit.
  expect(['started', 'OPERATION_ABORTED']).toContain(outcome);
  if (outcome === 'started') await domain.destroy();
  await expect(domain.start({ signal: AbortSignal.abort() })).rejects.toMatchObject({
    code: 'OPERATION_ABORTED',
  });
  expect(await listed()).toEqual([`${name} off`]);
});

test('20 starts and destroys leave the descriptors of this process as they were', async () => {
  const domain = await define('exec sleep 100');
  const descriptors = (): string[] =>
    readdirSync('/proc/self/fd').map((fd) => {
      try {
        return readlinkSync(`/proc/self/fd/${fd}`).replace(/\d+/g, 'N');
      } catch {
        return '';
      }
    });
  const cycle = async (): Promise<void> => {
    await domain.start();
    await domain.destroy();
  };
  await cycle();
  const count = descriptors().length;
  for (let run = 0; run < 20; run++) await cycle();
  // A socket is closed a turn of the loop later.
  await eventually(() => expect(descriptors().length).toBeLessThanOrEqual(count));
});
