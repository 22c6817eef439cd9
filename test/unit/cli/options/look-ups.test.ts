/** Finding what a command line names: a look-up that fails is never told as a name that nothing has. */
import { findDomain } from '../../../../lib/cli/options/domain-argument';
import { findNamed, type NamedKind } from '../../../../lib/cli/options/find-named';
import { findHostInterface } from '../../../../lib/cli/options/host/interface-argument';
import { findNodeDevice } from '../../../../lib/cli/options/host/node-device-argument';
import { failedReport } from '../../../../lib/cli/terminal/handshake-report';
import { CommandError } from '../../../../lib/cli/shell/command-error';
import { TslxcError, type ErrorCode } from '../../../../lib/errors';
import type { Connection } from '../../../../lib/index';

function failing(code: ErrorCode): () => Promise<never> {
  return () => Promise.reject(new TslxcError(code, 'it failed'));
}

/** The code of the command's error, and that which the handshake tells. */
async function codesOf(looking: Promise<unknown>): Promise<unknown[]> {
  const error: unknown = await looking.catch((reason: unknown) => reason);
  return [error instanceof CommandError && error.code, failedReport(error).failed.code];
}

const list = (): Promise<[]> => Promise.resolve([]);

/** All ways to find something. */
function lookUps(code: ErrorCode): Readonly<Record<string, () => Promise<unknown>>> {
  const fail = failing(code);
  const connection = {
    lookupDomainById: fail,
    lookupDomainByUuid: fail,
    lookupDomainByName: fail,
    listDomains: list,
    hostInterfaces: { lookup: fail, lookupByMac: fail, list },
    nodeDevices: { lookup: fail, lookupByWwn: fail, list },
  } as unknown as Connection;
  const kind: NamedKind<never> = {
    noun: 'pool',
    missing: 'NO_STORAGE_POOL',
    byUuid: fail,
    byName: fail,
    list,
  };
  return {
    domain: () => findDomain(connection, '7'),
    pool: () => findNamed(kind, 'disks'),
    interface: () => findHostInterface(connection, 'eth0'),
    device: () => findNodeDevice(connection, 'pci_0000'),
  };
}

test.each(['domain', 'pool', 'interface', 'device'])(
  'a look-up of a %s that fails has the code of its failure, not that of a missing one',
  async (what) => {
    const lookUp = lookUps('SYSTEM_ERROR')[what];
    expect(await codesOf(Promise.resolve(lookUp?.()))).toEqual(['SYSTEM_ERROR', 'SYSTEM_ERROR']);
  },
);

test.each<[string, ErrorCode]>([
  ['domain', 'NO_DOMAIN'],
  ['pool', 'NO_STORAGE_POOL'],
  ['interface', 'NO_INTERFACE'],
  ['device', 'NO_NODE_DEVICE'],
])('a %s that is not there has the code of that', async (what, code) => {
  const lookUp = lookUps(code)[what];
  expect(await codesOf(Promise.resolve(lookUp?.()))).toEqual([code, code]);
});

test('what is not looked up at all, since the text can be no such key, is missing', async () => {
  const connection = { listDomains: list, hostInterfaces: { list } } as unknown as Connection;
  const kind: NamedKind<never> = {
    noun: 'network',
    missing: 'NO_NETWORK',
    byUuid: failing('SYSTEM_ERROR'),
    byName: failing('SYSTEM_ERROR'),
    list,
  };
  expect(await codesOf(findDomain(connection, 'web', ['id']))).toEqual(['NO_DOMAIN', 'NO_DOMAIN']);
  expect(await codesOf(findNamed(kind, 'lan', ['uuid']))).toEqual(['NO_NETWORK', 'NO_NETWORK']);
  const found = findHostInterface(connection, 'eth0', ['mac']);
  expect(await codesOf(found)).toEqual(['NO_INTERFACE', 'NO_INTERFACE']);
});
