/** What the monitor does about a watcher of its container's health that is gone, while its init is asked to end. */
import { once } from 'node:events';
import { existsSync, mkdtempSync, rmSync, utimesSync, writeFileSync } from 'node:fs';
import { createConnection } from 'node:net';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { Channel } from '../../lib/container/monitor/channel';
import { BareStart } from '../support/domain/bare-start';
import { sendSignal } from '../support/process/send-signal';
import { eventually } from '../support/time/eventually';

let folder: string;

beforeEach(() => {
  folder = mkdtempSync(join(tmpdir(), 'tslxc-missed-'));
});

afterEach(() => rmSync(folder, { recursive: true }));

test('a watcher that goes while a shutdown is under way is missed once that is over, though nothing else happens', async () => {
  const [locks, watched] = [join(folder, 'locks'), join(folder, 'watched')];
  writeFileSync(locks, '');
  // The last start was long ago.
  utimesSync(locks, 0, 0);
  await using start = await BareStart.begin({
    header: {
      ...{ watchArgv: ['sh', '-c', `echo > ${watched}`], watchLocks: locks, endPatience: 2000 },
    },
  });
  await start.expect('running');
  const socket = createConnection(start.at('control'));
  await once(socket, 'connect');
  const watcher = new Channel(socket);
  watcher.send({ message: 'watch' });
  expect(await watcher.receive()).toMatchObject({ message: 'hello' });
  sendSignal(await start.monitor(), 'SIGTERM');
  watcher.close();
  await eventually(() => expect(existsSync(watched)).toBe(true), 10_000);
});
