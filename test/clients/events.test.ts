/** Events reach libvirt-python's event loop and virsh, whichever program has caused them, and in each of the ways of the protocol. */
import { helloWorldXml } from '../support/domain/domain-xml';
import { libvirtSocket, rootAndDaemon, virshText, watching } from '../support/clients/client-world';
import { RawClient } from '../support/clients/raw-client';
import { connectProcedures } from '../../lib/rpc/protocol/connect';
import { eventProcedures, notices } from '../../lib/rpc/protocol/events';
import { messageTypes } from '../../lib/rpc/protocol/numbers';
import { XdrReader } from '../../lib/rpc/xdr/reader';
import { eventually } from '../support/time/eventually';
import { containerTest } from '../support/world/container-test';

const world = containerTest(rootAndDaemon);

/** A pipe is no terminal, for which a program would write at once. */
const lineByLine = ['stdbuf', '-oL'] as const;

/** Prints each event of libvirt-python's own event loop. */
const pythonWatcher = `
import libvirt, sys
libvirt.virEventRegisterDefaultImpl()
connection = libvirt.open('lxc:///')
say = lambda *words: print(*words, flush=True)
connection.domainEventRegisterAny(None, libvirt.VIR_DOMAIN_EVENT_ID_LIFECYCLE,
    lambda c, domain, event, detail, opaque: say('lifecycle', domain.name(), event, detail), None)
connection.domainEventRegisterAny(None, libvirt.VIR_DOMAIN_EVENT_ID_METADATA_CHANGE,
    lambda c, domain, kind, uri, opaque: say('metadata', domain.name(), kind, uri), None)
connection.networkEventRegisterAny(None, libvirt.VIR_NETWORK_EVENT_ID_LIFECYCLE,
    lambda c, network, event, detail, opaque: say('network', network.name(), event, detail), None)
connection.networkEventRegisterAny(None, libvirt.VIR_NETWORK_EVENT_ID_METADATA_CHANGE,
    lambda c, network, kind, uri, opaque: say('network metadata', network.name(), kind, uri), None)
say('ready')
while True:
    libvirt.virEventRunDefaultImpl()
`;

test('python is told of what the library does, in its order', async () => {
  // The default network is defined when it is first looked for.
  await world.connection.listNetworks();
  await using watcher = watching(['/usr/bin/python3', '-c', pythonWatcher]);
  await eventually(() => expect(watcher.lines).toEqual(['ready']));
  const { connection } = world;
  const domain = await connection.defineDomain(helloWorldXml);
  await domain.start();
  await domain.suspend();
  await domain.resume();
  await domain.setTitle('A title');
  await domain.setMetadata('http://a.b/c', { key: 'k', xml: '<one/>' });
  await domain.destroy();
  await domain.undefine();
  const network = await connection.defineNetwork('<network><name>lab</name></network>');
  await network.setTitle('A title');
  await network.setMetadata('http://a.b/c', { key: 'k', xml: '<one/>' });
  await network.undefine();
  await eventually(() =>
    expect(watcher.lines.slice(1)).toEqual([
      'lifecycle helloworld 0 0',
      'lifecycle helloworld 2 0',
      'lifecycle helloworld 3 0',
      'lifecycle helloworld 4 0',
      'metadata helloworld 1 None',
      'metadata helloworld 2 http://a.b/c',
      'lifecycle helloworld 5 1',
      'lifecycle helloworld 1 0',
      'network lab 0 0',
      'network metadata lab 1 None',
      'network metadata lab 2 http://a.b/c',
      'network lab 1 0',
    ]),
  );
});

test('virsh is told of what the command and another virsh do', async () => {
  await using watcher = watching([...lineByLine, 'virsh', 'event', '--all', '--loop']);
  await using lab = watching([
    ...lineByLine,
    'virsh',
    'net-event',
    '--event',
    'lifecycle',
    '--loop',
  ]);
  // It says nothing before the first event: what is told shows that it was ready.
  await eventually(async () => {
    const domain = await world.connection.defineDomain(helloWorldXml);
    await domain.undefine();
    expect(watcher.lines.length).toBeGreaterThan(0);
  });
  const domain = await world.connection.defineDomain(helloWorldXml);
  expect(await virshText('start', 'helloworld')).toContain('started');
  expect(await virshText('destroy', 'helloworld')).toContain('destroyed');
  await domain.undefine();
  await eventually(() =>
    expect(watcher.lines.slice(-3)).toEqual([
      "event 'lifecycle' for domain 'helloworld': Started Booted",
      "event 'lifecycle' for domain 'helloworld': Stopped Destroyed",
      "event 'lifecycle' for domain 'helloworld': Undefined Removed",
    ]),
  );
  expect(lab.lines).toEqual([]);
});

test('virsh is told of what another virsh says of a network', async () => {
  const network = await world.connection.defineNetwork('<network><name>lab</name></network>');
  const words = ['net-event', 'lab', '--event', 'metadata-change', '--loop'];
  await using watcher = watching([...lineByLine, 'virsh', ...words]);
  // It says nothing before the first event: what is told shows that it was ready.
  await eventually(async () => {
    await network.setTitle('A title');
    expect(watcher.lines.length).toBeGreaterThan(0);
  });
  expect(await virshText('net-desc', 'lab', 'what it is for')).toContain('updated');
  const element = ['--uri', 'urn:x', '--key', 'k', '--set', '<one/>', '--config'];
  expect(await virshText('net-metadata', 'lab', ...element)).toContain('modified');
  const line = (type: string): string => `event 'metadata-change' for network lab: type ${type}`;
  await eventually(() =>
    expect(watcher.lines.slice(-2)).toEqual([
      line('description, uri <null>'),
      line('element, uri urn:x'),
    ]),
  );
  expect(watcher.lines[0]).toBe(line('title, uri <null>'));
});

test('the two older ways of asking are answered by messages without a number', async () => {
  using client = await RawClient.connect(libvirtSocket);
  await client.call(connectProcedures.ConnectOpen, { name: 'lxc:///', flags: 0 });
  expect(await client.call(eventProcedures.ConnectDomainEventRegister, {})).toEqual({
    registered: 1,
  });
  await client.call(eventProcedures.ConnectDomainEventRegisterAny, { event: 1 });
  await world.connection.defineDomain(helloWorldXml);
  const { header, body } = await client.next((one) => one.header.type === messageTypes.message);
  expect(header).toMatchObject({ procedure: notices.lifecycle.number, serial: 1, status: 0 });
  expect(notices.lifecycle.body.read(new XdrReader(body))).toMatchObject({
    domain: { name: 'helloworld', id: -1 },
    event: 0,
    detail: 0,
  });
  expect(await client.call(eventProcedures.ConnectDomainEventDeregister, {})).toEqual({
    registered: 0,
  });
  expect(await client.call(eventProcedures.ConnectDomainEventDeregister, {})).toMatchObject({
    code: 8,
  });
  const unknown = { event: 99, domain: undefined };
  expect(
    await client.call(eventProcedures.ConnectDomainEventCallbackRegisterAny, unknown),
  ).toMatchObject({ code: 1, message: 'internal error: unsupported event ID 99' });
});
