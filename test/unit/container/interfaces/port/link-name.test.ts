/** What a network's dnsmasq is told of a container, and which address DHCP is to give it. */
import { mkdirSync, readdirSync, readFileSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { addressChoices } from '../../../../../lib/container/interfaces/port/dhcp-choice';
import {
  claimedAddress,
  freeAddresses,
  linkName,
  placeName,
  removeName,
} from '../../../../../lib/container/interfaces/port/link-name';
import type { LinkName, NamePlaces } from '../../../../../lib/container/interfaces/port/link-name';
import { removeScratchAfterEach, scratchDirectory } from '../../../driver/scratch';

removeScratchAfterEach();

const mac = '52:54:00:00:00:01';
const other = '52:54:00:00:00:02';
const position = { line: 1, column: 1 };
const ranges = [
  { start: '10.0.0.2', end: '10.0.0.3' },
  { start: '10.0.0.10', end: '10.0.0.11' },
];
const all = ['10.0.0.10', '10.0.0.11', '10.0.0.2', '10.0.0.3'];

function places(): NamePlaces & { readonly dhcp: NonNullable<NamePlaces['dhcp']> } {
  const folder = join(scratchDirectory(), 'names');
  for (const kind of ['hosts', 'addresses', 'claims']) {
    mkdirSync(join(folder, kind), { recursive: true });
  }
  const leases = join(folder, 'leases');
  writeFileSync(leases, '');
  return { folder, pid: join(folder, 'pid'), hasNames: true, dhcp: { leases, ranges, kept: [] } };
}

function named(domain: string, at: NamePlaces, own = mac): LinkName {
  const link = linkName(domain, { mac: own, addresses: [] }, { places: at, reserved: [] });
  if (link === undefined) throw new Error('dnsmasq has nothing to be told');
  return link;
}

const textsIn = (folder: string, kind: string): Record<string, string> =>
  Object.fromEntries(
    readdirSync(join(folder, kind)).map((name) => [
      name,
      readFileSync(join(folder, kind, name), 'utf8'),
    ]),
  );

test('every address that is free is a choice, beginning with one that the MAC address chooses', () => {
  const choices = [...addressChoices(mac, { ranges, kept: [] }, '')];
  expect([...choices].sort()).toEqual(all);
  expect([...addressChoices(mac, { ranges, kept: [] }, '')]).toEqual(choices);
  const firsts = Array.from({ length: 16 }, (_, last) => {
    const [first] = addressChoices(
      `52:54:00:00:01:0${last.toString(16)}`,
      { ranges, kept: [] },
      '',
    );
    return first;
  });
  expect(new Set(firsts).size).toBeGreaterThan(2);
});

test('its lease comes first; what others have is no choice, nor what is kept for them', () => {
  const leases = `1 ${other} 10.0.0.2 * *\n2 ${mac} 10.0.0.11 web *\nduid 00:01\n`;
  const choices = [...addressChoices(mac, { ranges, kept: ['10.0.0.3'] }, leases)];
  expect(choices).toEqual(['10.0.0.11', '10.0.0.10']);
  expect([...addressChoices(mac, { ranges, kept: all }, leases)]).toEqual([]);
  expect([...addressChoices(mac, { ranges: [], kept: [] }, leases)]).toEqual([]);
});

test('names and addresses are written, an address once, and are given back', () => {
  const at = places();
  const taken = [mac, other].map((one, index) => placeName(named(`web${index}`, at, one)));
  expect(new Set(taken).size).toBe(2);
  expect(placeName(named('web0', at))).toBe(taken[0]);
  expect(textsIn(at.folder, 'hosts')).toEqual({
    [mac]: `${taken[0] ?? ''} web0.internal web0\n`,
    [other]: `${taken[1] ?? ''} web1.internal web1\n`,
  });
  expect(textsIn(at.folder, 'addresses')).toEqual({
    [taken[0] ?? '']: `${mac},${taken[0] ?? ''}\n`,
    [taken[1] ?? '']: `${other},${taken[1] ?? ''}\n`,
  });
  expect(claimedAddress({ folder: at.folder, mac })).toBe(taken[0]);
  for (const one of [mac, other, other]) removeName({ folder: at.folder, mac: one });
  for (const kind of ['hosts', 'addresses', 'claims']) {
    expect(readdirSync(join(at.folder, kind))).toEqual([]);
  }
});

test('what is given back of one interface takes no address away from another', () => {
  const at = places();
  const address = placeName(named('web', at)) ?? '';
  const claim = `${mac},${address}\n`;
  // As a start leaves it that is killed before it finds that the address is another's.
  writeFileSync(join(at.folder, 'claims', other), `${address}\n`);
  removeName({ folder: at.folder, mac: other });
  expect(textsIn(at.folder, 'addresses')).toEqual({ [address]: claim });
  expect(textsIn(at.folder, 'claims')).toEqual({ [mac]: `${address}\n` });
  expect(placeName(named('next', at, other))).not.toBe(address);
});

test('a full range leaves the address to DHCP, and a network of before has no folder', () => {
  const at = places();
  const macs = [0, 1, 2, 3, 4].map((last) => `52:54:00:00:02:0${last}`);
  const taken = macs.map((one) => placeName(named('web', at, one)));
  expect(taken.slice(0, 4).sort()).toEqual(all);
  expect(taken[4]).toBeUndefined();
  expect(readdirSync(join(at.folder, 'claims'))).toHaveLength(4);
  expect(placeName(named('web', { ...at, folder: join(at.folder, 'none') }))).toBeUndefined();
});

test('static addresses are all written, and no address is claimed for them', () => {
  const at = places();
  const addresses = (['10.0.0.5', 'fd00::5'] as const).map(
    (address) =>
      ({ family: address.includes(':') ? 'ipv6' : 'ipv4', address, prefix: 8, position }) as const,
  );
  const link = linkName('web', { mac, addresses }, { places: at, reserved: [] });
  expect(link?.dhcp).toBeUndefined();
  expect(link && placeName(link)).toBeUndefined();
  expect(textsIn(at.folder, 'hosts')).toEqual({
    [mac]: '10.0.0.5 web.internal web\nfd00::5 web.internal web\n',
  });
  expect(readdirSync(join(at.folder, 'addresses'))).toEqual([]);
});

test('a static address that DHCP would give to others is kept for its interface', () => {
  const at = places();
  const [address, next] = ['10.0.0.10', '10.0.0.11'] as const;
  const held = (own: string): LinkName | undefined => {
    const addresses = [{ family: 'ipv4', address, prefix: 8, position }] as const;
    return linkName('web', { mac: own, addresses }, { places: at, reserved: [] });
  };
  const [link, later] = [mac, other].map(held);
  expect(link && placeName(link)).toBeUndefined();
  expect(textsIn(at.folder, 'addresses')).toEqual({ [address]: `${mac},${address}\n` });
  expect(textsIn(at.folder, 'claims')).toEqual({ [mac]: `${address}\n` });
  // Another one that says it has the same is as it was before, and takes nothing away.
  expect(later && placeName(later)).toBeUndefined();
  expect(textsIn(at.folder, 'claims')).toEqual({ [mac]: `${address}\n` });
  removeName({ folder: at.folder, mac: other });
  expect(textsIn(at.folder, 'addresses')).toEqual({ [address]: `${mac},${address}\n` });
  expect([...freeAddresses({ folder: at.folder, mac: other }, at.dhcp)].sort()).toEqual([
    next,
    '10.0.0.2',
    '10.0.0.3',
  ]);
  expect([...freeAddresses({ folder: at.folder, mac }, at.dhcp)]).toHaveLength(4);
  removeName({ folder: at.folder, mac });
  expect(readdirSync(join(at.folder, 'addresses'))).toEqual([]);
  // Of a name that is none for a host, it is all that dnsmasq is told.
  const [nameless] = ['a b'].map((name) =>
    linkName(
      name,
      { mac, addresses: [{ family: 'ipv4', address, prefix: 8, position }] },
      { places: at, reserved: [] },
    ),
  );
  expect(nameless).toMatchObject({ held: address });
});

test.each(['a b', '-web', 'web-', 'a.b', 'ü', 'x'.repeat(64)])(
  '%s is no name of a host',
  (name) => {
    const at = places();
    const { dhcp: _, ...withoutDhcp } = at;
    const plain = { mac, addresses: [] };
    expect(linkName(name, plain, { places: withoutDhcp, reserved: [] })).toBeUndefined();
    expect(linkName(name, plain, { places: at, reserved: [] })?.name).toBeUndefined();
  },
);
