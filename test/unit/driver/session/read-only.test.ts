/**
 * What a read-only connection lets its caller do: a literal list, compared with every method of every public class. What is not in it
 * has to be refused, so that a new method either has the check of one that changes something, or gets a row here.
 */
import * as library from '../../../../lib/index';
import type { Connection, WaitOptions } from '../../../../lib/index';
import { Session } from '../../../../lib/driver/session/session';
import { domainXml } from '../../../support/domain/domain-xml';
import { FakeHost } from '../../../support/fake/host/fake-host';
import { fitting } from '../../../support/shape/given';
import { publicCalls } from '../../../support/shape/public-calls';
import { errorOf } from '../refusal';
import { removeScratchAfterEach, scratchDirectory } from '../scratch';

removeScratchAfterEach();

const words = (text: string): readonly string[] => text.trim().split(/\s+/);

/** What needs the right to read the state of this root. */
const readers: Readonly<Record<string, readonly string[]>> = {
  Connection: words(`
    events lastExit listDomains listSeenDomains listNetworks listStoragePools logLines logs lookupDomainById lookupDomainByName
    lookupDomainByUuid lookupNetworkByName lookupNetworkByUuid lookupStoragePoolByName lookupStoragePoolByUuid
    lookupStorageVolumeByPath networkEvents on once plan previewPurge stats
  `),
  Domain: words(`
    addresses blockStats consolePath editableXml getBandwidth getBlockTuning getCpuTuning getCpuset getDescription getHugepageLimits
    getLink getMemory getMemoryTuning getMetadata getNumaTuning getProcessLimit getTitle getVcpus hostname id info
    interfaces isPersistent logLines logs securityLabel spec startRefusal state stats wait waitFor watchStats xml
  `),
  Network: words(`
    editableXml getDescription getMetadata getPortBandwidth getTitle info leases portXml ports xml
  `),
  StoragePool: words('editableXml info listVolumes lookupVolume volumes xml'),
  StorageVolume: words('info xml'),
  Volumes: words('list lookup'),
  Images: words('domainXml list lookup'),
  NodeDevices: words('list lookup lookupByWwn xml'),
  HostInterfaces: words('list lookup lookupByMac xml'),
  Secrets: words('list lookup lookupByUsage xml'),
  NetworkFilters: words('bindingXml bindings editableXml list lookup lookupByUuid xml'),
  DomainSnapshots: words('current list xml'),
};

/** What only looks at the host, and every user may call on an open connection. */
const facts: Readonly<Record<string, readonly string[]>> = {
  Connection: words(`
    capabilities domainOf hostname nodeCells nodeCpuMap nodeCpuStats nodeFreeMemory nodeFreePages nodeInfo nodeMemoryMerging
    nodeMemoryStats securityModel sysinfo version
  `),
};

/** What concerns only the object itself, and is never refused. */
const always: Readonly<Record<string, readonly string[]>> = {
  Connection: words('asyncDispose close off ref unref'),
  Domain: words('snapshots'),
};

/** Public classes without checks of their own: their objects come from a call that was refused, or are errors. */
const unchecked = words(`
  CommandProcess PipedProcess RunningCommand TerminalProcess
  DefinitionError ProtocolError SyscallError TslxcError
`);

type Object = Readonly<Record<PropertyKey, unknown>>;

/** An object of each class that checks, on a read-only connection. */
async function objects(): Promise<ReadonlyMap<string, Object>> {
  const host = new FakeHost(scratchDirectory());
  const writable = host.connect();
  await writable.defineDomain(domainXml({ name: 'web' }));
  await writable.defineNetwork('<network><name>net</name></network>');
  const disks = await writable.createStoragePool(
    `<pool type='dir'><name>disks</name><target><path>${scratchDirectory()}</path></target></pool>`,
  );
  await disks.createVolume('<volume><name>a</name><capacity>0</capacity></volume>');
  const connection = host.connect('read-only');
  const domain = await connection.lookupDomainByName('web');
  const network = await connection.lookupNetworkByName('net');
  const pool = await connection.lookupStoragePoolByName('disks');
  const volume = await pool.lookupVolume('a');
  const all = [
    ...[connection, domain, network, pool, volume],
    ...[connection.images, connection.nodeDevices, connection.hostInterfaces],
    ...[connection.secrets, connection.networkFilters, connection.volumes, domain.snapshots],
  ];
  return new Map(all.map((one) => [one.constructor.name, one as unknown as Object]));
}

/** Its methods and getters. */
function members(object: Object): readonly PropertyKey[] {
  const prototype = Reflect.getPrototypeOf(object) as object;
  return Reflect.ownKeys(prototype).filter((name) => name !== 'constructor');
}

/** As the lists have it. */
function nameOf(member: PropertyKey): string {
  return member === Symbol.asyncDispose ? 'asyncDispose' : String(member);
}

/** What a refusal calls a method that is not checked by its own name. */
const checkedAs: Readonly<Record<string, string>> = { 'Domain.asyncDispose': 'destroy' };

/** Calls a method, or reads a getter. */
function call(of: string, object: Object, name: PropertyKey): unknown {
  const value = object[name];
  if (typeof value !== 'function') return value;
  return Reflect.apply(value, object, fitting(publicCalls[of]?.[nameOf(name)] ?? [])) as unknown;
}

/** Of the class, what is in none of the lists. */
function refused(of: string, object: Object): readonly PropertyKey[] {
  const rows = [readers, facts, always].flatMap((list) => list[of] ?? []);
  return members(object).filter((name) => !rows.includes(nameOf(name)));
}

test('each public class is known here', async () => {
  const classes = Object.entries(library).flatMap(([name, value]) =>
    /^[A-Z]/.test(name) && typeof value === 'function' ? [name] : [],
  );
  expect(classes.sort()).toEqual([...(await objects()).keys(), ...unchecked].sort());
});

test('whatever is not listed is refused by its name', async () => {
  const said: string[] = [];
  const expected: string[] = [];
  for (const [of, object] of await objects()) {
    for (const name of refused(of, object)) {
      const method = checkedAs[`${of}.${nameOf(name)}`] ?? nameOf(name);
      expected.push(
        `OPERATION_DENIED operation forbidden: read only access prevents ${of}.${method}`,
      );
      const answer = await errorOf(() => call(of, object, name)).catch(String);
      const { code, message } = answer as { code: string; message: string };
      said.push(`${code} ${message}`);
    }
  }
  expect(said).toEqual(expected);
  expect(expected.length).toBeGreaterThan(60);
});

/** Thrown where a method asks what it needs, so that it does nothing more. */
class Asked extends Error {
  readonly need: string;

  constructor(need: string) {
    super(need);
    this.need = need;
  }
}

test('what is listed asks for no more than to read, and each row is a method', async () => {
  const all = await objects();
  const spies = [
    jest.spyOn(Session.prototype, 'requireAccess').mockImplementation((need) => {
      throw new Asked(need);
    }),
    jest.spyOn(Session.prototype, 'checkOpen').mockImplementation(() => {
      throw new Asked('open');
    }),
  ];
  try {
    for (const [list, need] of [
      [readers, 'read'],
      [facts, 'open'],
    ] as const) {
      for (const [of, rows] of Object.entries(list)) {
        const object = all.get(of) ?? {};
        const found = members(object).filter((name) => rows.includes(nameOf(name)));
        expect(found.map(nameOf).sort()).toEqual([...rows].sort());
        for (const name of found) {
          const asked = await errorOf(() => call(of, object, name)).catch(String);
          expect([of, name, asked]).toEqual([of, name, expect.objectContaining({ need })]);
        }
      }
    }
  } finally {
    for (const spy of spies) spy.mockRestore();
  }
});

test('waits that run a command or attach to a console are refused, and all others are not', async () => {
  const connection = (await objects()).get('Connection') as unknown as Connection;
  const domain = await connection.lookupDomainByName('web');
  const denied = { code: 'OPERATION_DENIED' };
  for (const condition of [{ exec: ['true'] }, { console: /x/ }]) {
    await expect(domain.waitFor(condition)).rejects.toMatchObject(denied);
  }
  const aborted = { signal: AbortSignal.abort() };
  for (const condition of [
    { address: 'any' },
    { port: 80 },
    { exit: true },
    { state: 'running' },
    { healthy: true },
  ]) {
    const options = { ...condition, ...aborted } as unknown as WaitOptions;
    await expect(domain.waitFor(options)).rejects.not.toMatchObject(denied);
  }
});

test('control: a read-write connection refuses none of it for access', async () => {
  const host = new FakeHost(scratchDirectory());
  const connection = host.connect();
  const domain = await connection.defineDomain(domainXml({ name: 'web' }));
  await expect(domain.snapshots.revert('none')).rejects.toMatchObject({
    code: 'NO_DOMAIN_SNAPSHOT',
  });
  await expect(connection.images.pull('nonsense')).rejects.toMatchObject({ code: 'INVALID_ARG' });
  await domain.start();
  await domain.suspend();
});
