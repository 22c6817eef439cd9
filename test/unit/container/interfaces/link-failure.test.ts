/** What fails at an interface is told in words, with the element that asked for it. */
import { constants } from 'node:os';
import { linkKey, linkPlaces, linkWords } from '../../../../lib/container/interfaces/link-failure';
import { previewNames } from '../../../../lib/container/interfaces/link-numbers';
import { stages } from '../../../../lib/container/monitor/messages';
import { startFailure } from '../../../../lib/container/start/start-failure';
import type { Link } from '../../../../lib/plan/network/links';
import type { Operation } from '../../../../lib/plan/operation';
import { document, parse } from '../../domain/parse-context';
import { compile } from '../../plan/plan-context';

const { errno } = constants;
const { plan } = compile(parse(document({})));

const common = { state: 'up', addresses: [], routes: [] } as const;
const placeAt = (line: number) => ({
  path: 'domain/devices/interface',
  position: { line, column: 5 },
});

const veth: Link = {
  kind: 'veth',
  host: 'vnet1000',
  hostMac: 'fe:54:00:00:00:01',
  mac: '52:54:00:00:00:01',
  guest: 'eth0',
  isolated: false,
  hostAddresses: [],
  hostRoutes: [],
  ...common,
  place: placeAt(11),
};
/** Called inside as another is called on the host. */
const macvlan: Link = {
  kind: 'macvlan',
  guest: 'vnet1000',
  lower: 'eth0',
  mode: 'bridge',
  mac: '52:54:00:00:00:02',
  ...common,
  place: placeAt(22),
};

const places = linkPlaces([veth, macvlan]);

const make: Operation = {
  op: 'makeVeth',
  name: 'vnet1000',
  address: 'fe:54:00:00:00:01',
  peer: 'eth0',
  peerAddress: '52:54:00:00:00:01',
  mtu: 0,
};
const makeMacvlan: Operation = {
  op: 'makeMacvlan',
  name: 'vnet1000',
  address: '52:54:00:00:00:02',
  lower: 'eth0',
  mode: 4,
  mtu: 0,
};

test.each<[Operation, 'mapped' | 'inside', number | undefined]>([
  [make, 'mapped', 11],
  [{ op: 'joinBridge', name: 'vnet1000', bridge: 'br0' }, 'mapped', 11],
  [{ op: 'setLinkUp', name: 'vnet1000' }, 'mapped', 11],
  [makeMacvlan, 'mapped', 22],
  [{ op: 'setLinkUp', name: 'vnet1000' }, 'inside', 22],
  [{ op: 'setLinkUp', name: 'eth0' }, 'inside', 11],
  [{ op: 'setLinkUp', name: 'lo' }, 'inside', undefined],
  [{ op: 'setHostname', name: 'eth0' }, 'inside', undefined],
  [{ op: 'pivotRoot' }, 'inside', undefined],
])('%j in %s is of the element in line %p', (operation, stage, line) => {
  expect(places.get(linkKey(operation, stage) ?? '')?.position.line).toBe(line);
});

test('a failure has its words, its step and the element', () => {
  const error = startFailure(
    { ...plan, mapped: [make] },
    {
      message: 'failed',
      stage: stages.indexOf('mapped'),
      step: 0,
      error: errno.EEXIST,
      syscall: 'RTM_NEWLINK',
      subject: 'vnet1000',
      reason: 0,
    },
    places,
  );
  expect(error).toMatchObject({
    code: 'SYSTEM_ERROR',
    errno: errno.EEXIST,
    path: 'vnet1000',
    element: 'domain/devices/interface',
    line: 11,
    column: 5,
  });
  expect(error.message).toBe(
    "the host has a network interface 'vnet1000' already: EEXIST (monitor, after the clone, step 1 of 1: " +
      'make the network interface vnet1000 (fe:54:00:00:00:01) with its peer eth0 (52:54:00:00:00:01) in the ' +
      'container; domain/devices/interface, line 11, column 5)',
  );
});

const up: Operation = { op: 'setLinkUp', name: 'eth0' };
const route: Operation = {
  op: 'addRoute',
  name: 'eth0',
  address: '0.0.0.0',
  prefix: 0,
  gateway: '10.0.0.1',
  metric: 0,
};

test.each<[string, Operation, RegExp]>([
  ['EOPNOTSUPP', make, /^this kernel makes no network interfaces of kind veth$/],
  ['EOPNOTSUPP', makeMacvlan, /of kind macvlan$/],
  ['EBUSY', makeMacvlan, /'eth0' is a port of a bridge or bond$/],
  ['EINVAL', makeMacvlan, /'eth0' can't be shared in this way: /],
  ['EINVAL', { op: 'moveLink', name: 'br0', guest: 'br0' }, /'br0' belongs to the host's network/],
  ['EBUSY', up, /MAC address of 'eth0' is in use on the device below it$/],
  ['EADDRINUSE', up, /MAC address of 'eth0' is in use on the device below it$/],
  ['ENETUNREACH', route, /'eth0' reaches the gateway 10\.0\.0\.1$/],
  ['EHOSTUNREACH', route, /'eth0' reaches the gateway 10\.0\.0\.1$/],
])('%s of %j in words', (name, operation, words) => {
  expect(linkWords(operation, errno[name as keyof typeof errno])).toMatch(words);
});

test.each([make, makeMacvlan, up, route, { op: 'pivotRoot' } as const])(
  'an errno that says all itself is left alone: %j',
  (operation) => {
    expect(linkWords(operation, errno.EPERM)).toBeUndefined();
  },
);

test('names in a preview are free, each another, and never in libvirt’s way', () => {
  const choose = previewNames();
  const isTaken = (name: string): boolean => ['vnet1001', 'vnet1002'].includes(name);
  expect([choose(isTaken), choose(isTaken)]).toEqual(['vnet1000', 'vnet1003']);
  expect(() => previewNames()(() => true)).toThrow(/every name vnetN .* is taken/);
});
