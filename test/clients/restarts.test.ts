/** The daemon is killed and started again while its clients watch: no event is wrong, no container notices, and they come back. */
import { helloWorldXml } from '../support/domain/domain-xml';
import { rootAndDaemon, startDaemon, watching } from '../support/clients/client-world';
import type { DaemonProcess } from '../support/clients/daemon-process';
import { eventually } from '../support/time/eventually';
import { containerTest } from '../support/world/container-test';

const world = containerTest(rootAndDaemon);

/** Prints the life of all domains in words, and begins anew when the daemon has gone. */
const pythonWatcher = `
import libvirt, time
libvirt.virEventRegisterDefaultImpl()
libvirt.registerErrorHandler(lambda *_: None, None)
words = (('defined', ('added', 'updated', 'renamed')), ('undefined', ('removed', 'renamed')), ('started', ('booted',)),
         ('suspended', ('paused',)), ('resumed', ('unpaused',)),
         ('stopped', ('shutdown', 'destroyed', 'crashed', 'migrated', 'saved', 'failed')))
def tell(_, domain, event, detail, opaque):
    name, details = words[event]
    print(domain.name(), name, details[detail], flush=True)
def watch():
    gone = []
    connection = libvirt.open('lxc:///')
    connection.registerCloseCallback(lambda _, reason, opaque: gone.append(reason), None)
    connection.domainEventRegisterAny(None, libvirt.VIR_DOMAIN_EVENT_ID_LIFECYCLE, tell, None)
    print('ready', flush=True)
    while not gone:
        libvirt.virEventRunDefaultImpl()
while True:
    try:
        watch()
    except libvirt.libvirtError:
        time.sleep(0.1)
`;

/** The one that has been started last, which ends with the test. */
class LastDaemon implements AsyncDisposable {
  daemon: DaemonProcess;

  constructor(daemon: DaemonProcess) {
    this.daemon = daemon;
  }

  async [Symbol.asyncDispose](): Promise<void> {
    await this.daemon[Symbol.asyncDispose]();
  }
}

test('what is told between two kills of the daemon is what the library has done', async () => {
  const { connection, root } = world;
  const truth: string[] = [];
  connection.on('domain', ({ domain, event, detail }) => {
    // Warnings are the library's alone.
    if (event !== 'warning') truth.push(`${domain} ${event} ${detail}`);
  });
  const outlives = await connection.defineDomain(helloWorldXml.replace('helloworld', 'outlives'));
  await outlives.start();
  const { id } = outlives;
  const comesAndGoes = await connection.defineDomain(helloWorldXml);
  // What has been before it is there is not told.
  await eventually(() => expect(truth).toHaveLength(3));
  await using watcher = watching(['/usr/bin/python3', '-c', pythonWatcher]);
  const told = (): string[] => watcher.lines.filter((line) => line !== 'ready');
  const timesReady = (): number => watcher.lines.filter((line) => line === 'ready').length;
  await using last = new LastDaemon(world.daemon);
  for (const round of [1, 2, 3]) {
    await eventually(() => expect(timesReady()).toBe(round));
    const [from, toldFrom] = [truth.length, told().length];
    await comesAndGoes.start();
    await comesAndGoes.suspend();
    await comesAndGoes.resume();
    await comesAndGoes.destroy();
    await comesAndGoes.start();
    await comesAndGoes.sendSignal(9);
    await comesAndGoes.wait();
    await eventually(() => expect(truth.length - from).toBe(6));
    await eventually(() => expect(told().slice(toldFrom)).toEqual(truth.slice(from)));
    expect(await last.daemon.end('SIGKILL')).toBe('SIGKILL');
    expect(outlives.id).toBe(id);
    // No client is told later of what happens meanwhile.
    await comesAndGoes.start();
    await comesAndGoes.destroy();
    await eventually(() => expect(truth.length - from).toBe(8));
    last.daemon = await startDaemon(root.path);
  }
  await eventually(() => expect(timesReady()).toBe(4));
  expect(await outlives.state()).toMatchObject({ state: 'running' });
  expect(outlives.id).toBe(id);
});

test('virsh that has lost its daemon finds the next one', async () => {
  const { connection, root } = world;
  const domain = await connection.defineDomain(helloWorldXml);
  await domain.start();
  await using virsh = watching(['stdbuf', '-oL', 'virsh']);
  const ids = (): number => virsh.lines.filter((line) => line.trim() === String(domain.id)).length;
  virsh.write('domid helloworld');
  await eventually(() => expect(ids()).toBe(1));
  expect(await world.daemon.end('SIGKILL')).toBe('SIGKILL');
  await using _next = await startDaemon(root.path);
  // The first is what it notices by.
  await eventually(() => {
    virsh.write('domid helloworld');
    expect(ids()).toBeGreaterThan(1);
  });
  await domain.destroy();
});
