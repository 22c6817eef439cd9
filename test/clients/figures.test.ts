/** What the daemon costs when no client asks it for anything. */
import { readFileSync, readdirSync } from 'node:fs';
import { setTimeout as sleep } from 'node:timers/promises';
import { python, rootAndDaemon, watching } from '../support/clients/client-world';
import { domainXml } from '../support/domain/domain-xml';
import { eventually } from '../support/time/eventually';
import { containerTest } from '../support/world/container-test';

const world = containerTest(rootAndDaemon);

const mebibyte = 1024;

function status(path: string): string {
  return readFileSync(`/proc/${path}/status`, 'utf8');
}

/** KiB of it in memory. */
function resident(): number {
  return Number(/^VmRSS:\s*(\d+) kB$/m.exec(status(String(world.daemon.pid)))?.[1]);
}

/** How often its threads have waited for something. */
function waits(): number {
  const { pid } = world.daemon;
  const each = readdirSync(`/proc/${pid}/task`).map((thread) =>
    Number(/^voluntary_ctxt_switches:\s*(\d+)$/m.exec(status(`${pid}/task/${thread}`))?.[1]),
  );
  return each.reduce((sum, one) => sum + one, 0);
}

const watcher = `
import libvirt
libvirt.virEventRegisterDefaultImpl()
connection = libvirt.open('lxc:///')
connection.domainEventRegisterAny(None, libvirt.VIR_DOMAIN_EVENT_ID_LIFECYCLE, lambda *_: print('told', flush=True), None)
print('ready', flush=True)
while True:
    libvirt.virEventRunDefaultImpl()
`;

test('it takes little memory, and is not woken while a client only waits for events', async () => {
  const { connection } = world;
  const domain = await connection.defineDomain(domainXml());
  await domain.start();
  const look = `
import libvirt
connection = libvirt.open('lxc:///')
print(len(connection.listAllDomains()), connection.getCapabilities()[:14])
`;
  expect((await python(look)).stdout).toBe('1 <capabilities>\n');
  await using client = watching(['/usr/bin/python3', '-c', watcher]);
  await eventually(() => expect(client.lines).toEqual(['ready']));
  // A few seconds in which nothing happens, as soon as there are such.
  await eventually(async () => {
    const before = waits();
    await sleep(3000);
    expect(waits() - before).toBeLessThanOrEqual(3);
  }, 60_000);
  process.stdout.write(`the idle daemon: ${(resident() / mebibyte).toFixed(1)} MiB\n`);
  // Of which 40 are the pages of Node.js itself, which all its processes share.
  expect(resident()).toBeLessThan(66 * mebibyte);
  await domain.destroy();
  await eventually(() => expect(client.lines).toContain('told'));
});
