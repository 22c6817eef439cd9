/** The numbers of the protocol, beside those in libvirt's own headers. */
import { readFileSync } from 'node:fs';
import { secretUsages } from '../../lib/domain/secret/secret';
import { stateNumbers } from '../../lib/driver/statistics/named';
import { deviceCapabilities } from '../../lib/host/devices/node-device';
import { networkSections, networkUpdateCommands } from '../../lib/network/definition/update-names';
import { errorCodes, errorLevel, errorOrigins } from '../../lib/rpc/protocol/error-numbers';
import { domainEventTypes, networkEventTypes } from '../../lib/rpc/protocol/events';
import { parameterTypes } from '../../lib/rpc/protocol/values';
import { listFlags } from '../../lib/rpc/dispatch/domain/lists';

const header = (name: string): string => readFileSync(`/usr/include/libvirt/${name}`, 'utf8');
const errors = header('virterror.h');
const domains = header('libvirt-domain.h');
const all =
  errors +
  domains +
  header('libvirt-network.h') +
  header('libvirt-common.h') +
  header('libvirt-nodedev.h') +
  header('libvirt-secret.h');

/** The value of a constant of libvirt's. */
function numberOf(name: string): number | undefined {
  const text = new RegExp(`\\b${name}\\s*=\\s*([^,\\s][^,/]*)`).exec(all)?.[1]?.trim();
  const [, shift] = /^\(?1U? << (\d+)\)?$/.exec(text ?? '') ?? [];
  return shift === undefined ? Number(text) : 2 ** Number(shift);
}

/** `noAutostart` → `NO_AUTOSTART`, `add-last` → `ADD_LAST`. */
const upper = (name: string): string =>
  name.replace(/[A-Z]/g, '_$&').replaceAll('-', '_').toUpperCase();

/** Those of tslxc that libvirt does not have, and is told of as internal errors. */
const own = ['NO_IMAGE', 'NATIVE_NOT_BUILT', 'PROTOCOL_ERROR', 'MAX_BUFFER_EXCEEDED'];

test('codes of errors are libvirt’s', () => {
  const codes = Object.entries(errorCodes).filter(([name]) => !own.includes(name));
  expect(codes.map(([name]) => [name, numberOf(`VIR_ERR_${name}`)])).toEqual(codes);
  expect(errorLevel).toBe(numberOf('VIR_ERR_ERROR'));
});

test('origins of errors are libvirt’s', () => {
  const names: Readonly<Record<string, string>> = {
    nodeDevice: 'NODEDEV',
    filter: 'NWFILTER',
    snapshot: 'DOMAIN_SNAPSHOT',
    checkpoint: 'DOMAIN_CHECKPOINT',
  };
  const origins = Object.entries(errorOrigins);
  expect(
    origins.map(([name]) => [name, numberOf(`VIR_FROM_${names[name] ?? upper(name)}`)]),
  ).toEqual(origins);
});

test.each([
  ['VIR_DOMAIN_EVENT_ID_', domainEventTypes],
  ['VIR_NETWORK_EVENT_ID_', networkEventTypes],
  ['VIR_NETWORK_SECTION_', networkSections],
  ['VIR_NETWORK_UPDATE_COMMAND_', networkUpdateCommands],
  ['VIR_CONNECT_LIST_DOMAINS_', { ...listFlags, managedSave: 256, noManagedSave: 512 }],
  ['VIR_SECRET_USAGE_TYPE_', Object.fromEntries(secretUsages.map((one, at) => [one, at + 1]))],
  [
    'VIR_CONNECT_LIST_NODE_DEVICES_CAP_',
    Object.fromEntries(deviceCapabilities.map((one, at) => [one, 2 ** at])),
  ],
])('the numbers of %s… are libvirt’s', (prefix, table) => {
  const names: Readonly<Record<string, string>> = {
    managedSave: 'MANAGEDSAVE',
    noManagedSave: 'NO_MANAGEDSAVE',
    snapshot: 'HAS_SNAPSHOT',
    checkpoint: 'HAS_CHECKPOINT',
    pci: 'PCI_DEV',
    usb_device: 'USB_DEV',
    usb: 'USB_INTERFACE',
  };
  const entries = Object.entries(table);
  expect(entries.map(([name]) => [name, numberOf(prefix + (names[name] ?? upper(name)))])).toEqual(
    entries,
  );
});

test('types of parameters are libvirt’s', () => {
  const names = ['INT', 'UINT', 'LLONG', 'ULLONG', 'DOUBLE', 'BOOLEAN', 'STRING'];
  expect(names.map((name) => numberOf(`VIR_TYPED_PARAM_${name}`))).toEqual(
    Object.values(parameterTypes),
  );
});

test.each([
  ['running', 'booted', 'RUNNING', 'RUNNING_BOOTED'],
  ['running', 'unpaused', 'RUNNING', 'RUNNING_UNPAUSED'],
  ['paused', 'user', 'PAUSED', 'PAUSED_USER'],
  ['shutoff', 'shutdown', 'SHUTOFF', 'SHUTOFF_SHUTDOWN'],
  ['shutoff', 'destroyed', 'SHUTOFF', 'SHUTOFF_DESTROYED'],
  ['shutoff', 'crashed', 'SHUTOFF', 'SHUTOFF_CRASHED'],
  ['shutoff', 'failed', 'SHUTOFF', 'SHUTOFF_FAILED'],
] as const)('%s (%s) has libvirt’s numbers', (...[state, reason, stateName, reasonName]) => {
  expect(stateNumbers({ state, reason } as Parameters<typeof stateNumbers>[0])).toEqual({
    state: numberOf(`VIR_DOMAIN_${stateName}`),
    reason: numberOf(`VIR_DOMAIN_${reasonName}`),
  });
});
