/** lib/container/interfaces/port/link-forwards.ts: what the ports of an interface lead to, and which lead nowhere. */
import { linkForwards } from '../../../../../lib/container/interfaces/port/link-forwards';
import { document, parse } from '../../../domain/parse-context';

const ipv4 = "<ip address='192.168.150.10' prefix='24'/>";
const ipv6 = "<ip family='ipv6' address='fd00:77::10' prefix='64'/>";

function decided(content: string, offered: 'by-dhcp' | 'none' = 'none') {
  const devices = `<interface type='network'><source network='lab'/>${content}</interface>`;
  const [one] = parse(document({ devices })).interfaces;
  if (one === undefined) throw new Error('no interface');
  const forwarding = { loopback: 'led-out' } as const;
  return linkForwards(one, { host: 'vnet0', bridge: 'lab0', reserved: [], forwarding, offered });
}

const at = (address: string): string => `<portForward proto='tcp' address='${address}'/>`;

test.each([
  ['IPv4', '192.0.2.1', () => decided(ipv6 + at('192.0.2.1'))],
  ['IPv6', '2001:db8::1', () => decided(ipv4 + at('2001:db8::1'))],
  // DHCP gives addresses of IPv4 only.
  ['IPv6', '2001:db8::1', () => decided(at('2001:db8::1'), 'by-dhcp')],
])(
  'ports of the %s address %s do not lead to an interface without one',
  (kind, address, decide) => {
    const message = expect.stringContaining(
      `ports of the host's ${kind} address ${address} can't lead to the interface, of which no ${kind} address is known`,
    ) as string;
    const element = 'domain/devices/interface/portForward';
    expect(decide).toThrow(
      expect.objectContaining({ code: 'CONFIG_UNSUPPORTED', element, message }) as Error,
    );
  },
);

test('ports of every address lead to those that it has, and nowhere without one', () => {
  const every = "<portForward proto='tcp'/>";
  expect(decided(ipv6 + every)?.targets).toEqual({ ipv6: 'fd00:77::10' });
  expect(decided(ipv4 + ipv6 + every)?.targets).toEqual({
    ipv4: '192.168.150.10',
    ipv6: 'fd00:77::10',
  });
  expect(decided(every, 'by-dhcp')?.targets).toEqual({});
  expect(() => decided(every)).toThrow('the address that the ports lead to is not known');
});
