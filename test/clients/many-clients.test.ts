/** Many clients at once, and those that behave badly: the others are served, and the daemon's memory stays in bounds. */
import { readFileSync, readdirSync } from 'node:fs';
import { connectProcedures } from '../../lib/rpc/protocol/connect';
import { domainProcedures } from '../../lib/rpc/protocol/domain';
import { libvirtSocket, rootAndDaemon, virshText } from '../support/clients/client-world';
import { RawClient } from '../support/clients/raw-client';
import { eventually } from '../support/time/eventually';
import { containerTest } from '../support/world/container-test';

const world = containerTest(rootAndDaemon);

const mebibyte = 1024;

/** KiB of the daemon in memory. */
function resident(): number {
  const status = readFileSync(`/proc/${world.daemon.pid}/status`, 'utf8');
  return Number(/^VmRSS:\s*(\d+) kB$/m.exec(status)?.[1]);
}

async function opened(): Promise<RawClient> {
  const client = await RawClient.connect(libvirtSocket);
  await client.call(connectProcedures.ConnectOpen, { name: 'lxc:///', flags: 0 });
  return client;
}

test('a thousand clients are served, and take less than 64 KiB each', async () => {
  await virshText('list');
  const before = resident();
  const clients: RawClient[] = [];
  try {
    for (let count = 0; count < 1000; count += 1) clients.push(await opened());
    const answers = await Promise.all(
      clients.map((client) => client.call(domainProcedures.ConnectNumOfDomains, {})),
    );
    expect(answers).toEqual(clients.map(() => ({ count: 0 })));
    expect(resident() - before).toBeLessThan(1000 * 64);
    expect((await virshText('list', '--all', '--name')).trim()).toBe('');
  } finally {
    for (const client of clients) client[Symbol.dispose]();
  }
});

test('clients that ask and do not read hold up no other client, and their answers do not pile up', async () => {
  const before = resident();
  const clients = await Promise.all(Array.from({ length: 20 }, opened));
  try {
    for (const client of clients) {
      client.socket.pause();
      // Some kilobytes each: tens of megabytes that no client reads.
      for (let serial = 0; serial < 1000; serial += 1) {
        client.sendFrame({ procedure: connectProcedures.ConnectGetCapabilities.number, serial });
      }
    }
    expect(await virshText('uri')).toBe('lxc:///\n');
    // Each may have a MiB waiting, and what the kernel holds for it.
    expect(resident() - before).toBeLessThan(60 * mebibyte);
  } finally {
    for (const client of clients) client[Symbol.dispose]();
  }
});

test('what is no message ends its client, and no other', async () => {
  using good = await opened();
  for (const bytes of [
    Buffer.from('GET / HTTP/1.1\r\n\r\n'),
    Buffer.alloc(64, 0xff),
    Buffer.alloc(64),
  ]) {
    using bad = await RawClient.connect(libvirtSocket);
    bad.send(bytes);
    await bad.closed();
  }
  expect(await good.call(connectProcedures.ConnectGetURI, {})).toEqual({ uri: 'lxc:///' });
});

/** A number that does not change for a moment. */
async function settled(look: () => number): Promise<number> {
  let last = look();
  await eventually(async () => {
    const before = last;
    await virshText('uri');
    last = look();
    expect(last).toBe(before);
  });
  return last;
}

test('clients that come and go leave nothing', async () => {
  const openFiles = (): number => readdirSync(`/proc/${world.daemon.pid}/fd`).length;
  {
    using _first = await opened();
  }
  // What a first client has opened for all of them stays.
  const before = await settled(openFiles);
  for (let round = 0; round < 300; round += 1) {
    using client = await RawClient.connect(libvirtSocket);
    client.sendFrame({ procedure: connectProcedures.AuthList.number }, Buffer.alloc(0), 100);
  }
  await eventually(() => expect(openFiles()).toBe(before));
});
