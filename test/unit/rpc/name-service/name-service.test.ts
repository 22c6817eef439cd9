/** When the names of containers are written anew, and that nothing is left of them in the end. */
import { EventEmitter } from 'node:events';
import { readFileSync, readdirSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { pino } from 'pino';
import { TslxcError } from '../../../../lib/errors';
import type { Connection } from '../../../../lib/index';
import { NameService } from '../../../../lib/rpc/name-service/name-service';
import { eventually } from '../../../support/time/eventually';
import { removeScratchAfterEach, scratchDirectory } from '../../driver/scratch';

removeScratchAfterEach();

interface Interface {
  readonly type: string;
  readonly source?: string;
  readonly mac?: string;
}

/** A connection whose domains and leases a test chooses. */
class Fake extends EventEmitter {
  readonly domains = new Map<string, Interface[] | 'gone'>();
  leases: { address: string; mac: string; hostname?: string }[] = [];
  isBroken = false;

  listDomains(): Promise<unknown[]> {
    if (this.isBroken) return Promise.reject(new TslxcError('INTERNAL_ERROR', 'broken'));
    const domains = [...this.domains].map(([name, interfaces]) => ({
      name,
      interfaces: () =>
        interfaces === 'gone'
          ? Promise.reject(new TslxcError('NO_DOMAIN', 'it has gone'))
          : Promise.resolve(interfaces),
    }));
    return Promise.resolve(domains);
  }

  listNetworks(): Promise<unknown[]> {
    return Promise.resolve([{ name: 'lab', leases: () => Promise.resolve(this.leases) }]);
  }
}

function serviceOf(connection: Fake) {
  const scratch = scratchDirectory();
  const [folder, leases] = [join(scratch, 'module'), join(scratch, 'leases')];
  const logged: string[] = [];
  const logger = pino({}, { write: (line: string) => void logged.push(line) });
  const options = { connection: connection as unknown as Connection, leases, folder, logger };
  const service = NameService.start(options);
  const read = (name: string): unknown => JSON.parse(readFileSync(join(folder, name), 'utf8'));
  return { service, folder, leases, logged, read };
}

const mac = '52:54:00:00:00:01';

test('a domain is found from its start to its end, and by each lease that changes', async () => {
  const connection = new Fake();
  const { service, folder, leases, read } = serviceOf(connection);
  connection.domains.set('web', [
    { type: 'network', source: 'lab', mac },
    { type: 'direct', mac },
  ]);
  connection.domains.set('ending', 'gone');
  connection.emit('domain');
  await eventually(() => expect(read('tslxc-lab.macs')).toEqual([{ domain: 'web', macs: [mac] }]));
  connection.leases = [{ address: '192.0.2.7', mac, hostname: 'web' }];
  writeFileSync(join(leases, 'lab.leases'), '');
  await eventually(() =>
    expect(read('tslxc-lab.status')).toMatchObject([{ 'ip-address': '192.0.2.7' }]),
  );
  connection.domains.clear();
  connection.leases = [];
  connection.emit('network');
  await eventually(() => expect(readdirSync(folder)).toEqual([]));
  await service[Symbol.asyncDispose]();
});

test('lost events are no end: everything is read anew', async () => {
  const connection = new Fake();
  const { service, read } = serviceOf(connection);
  connection.leases = [{ address: '192.0.2.7', mac }];
  connection.emit('error', new TslxcError('OPERATION_FAILED', 'events were lost'));
  await eventually(() => expect(read('tslxc-lab.status')).toHaveLength(1));
  connection.leases = [];
  connection.domains.set('web', [{ type: 'network', source: 'lab', mac }]);
  connection.emit('domain');
  await eventually(() => expect(read('tslxc-lab.status')).toEqual([]));
  await service[Symbol.asyncDispose]();
});

test('in the end its files are gone, and it hears nothing more', async () => {
  const connection = new Fake();
  const { service, folder } = serviceOf(connection);
  connection.leases = [{ address: '192.0.2.7', mac }];
  connection.emit('domain');
  await eventually(() => expect(readdirSync(folder)).toHaveLength(2));
  await service[Symbol.asyncDispose]();
  expect(readdirSync(folder)).toEqual([]);
  expect(connection.eventNames()).toEqual([]);
});

test('an error is logged, leaves what is known, and the next change tries again', async () => {
  const connection = new Fake();
  const { service, folder, logged, read } = serviceOf(connection);
  connection.leases = [{ address: '192.0.2.7', mac }];
  connection.emit('domain');
  await eventually(() => expect(readdirSync(folder)).toHaveLength(2));
  connection.isBroken = true;
  connection.leases = [{ address: '192.0.2.8', mac }];
  connection.emit('domain');
  await eventually(() => expect(logged.join('')).toContain('broken'));
  expect(read('tslxc-lab.status')).toMatchObject([{ 'ip-address': '192.0.2.7' }]);
  connection.isBroken = false;
  connection.emit('domain');
  await eventually(() =>
    expect(read('tslxc-lab.status')).toMatchObject([{ 'ip-address': '192.0.2.8' }]),
  );
  await service[Symbol.asyncDispose]();
});
