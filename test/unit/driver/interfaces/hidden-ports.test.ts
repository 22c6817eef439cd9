/** Programs of the host that forwarded ports of a container hide: each `<portForward>` that does so is warned of. */
import type {
  HostListening,
  Listening,
} from '../../../../lib/container/interfaces/listening-ports';
import { hiddenPortWarnings } from '../../../../lib/driver/interfaces/hidden-ports';
import type { Session } from '../../../../lib/driver/session/session';
import { document, parse } from '../../domain/parse-context';

const at = (address: string, ...ports: readonly number[]): Listening[] =>
  ports.map((port) => ({ family: address.includes(':') ? 'ipv6' : 'ipv4', address, port }));

async function messagesOf(forwards: string, sockets: Partial<HostListening>): Promise<string[]> {
  const devices = `<interface type='network'><source network='lab'/>${forwards}</interface>`;
  const listening = () => Promise.resolve({ tcp: [], udp: [], ...sockets });
  const session = { containers: { forwards: { listening } } } as unknown as Session;
  const found = await hiddenPortWarnings(session, parse(document({ devices })));
  return found.map(({ detail, element, message }) => {
    expect([detail, element]).toEqual(['HidesHostPort', 'domain/devices/interface/portForward']);
    return message.replace(/^.*: /, '');
  });
}

const forward = (attributes: string, ranges = "<range start='8080' to='80'/>"): string =>
  `<portForward ${attributes}>${ranges}</portForward>`;

test.each<[string, { forwards: string; sockets: Partial<HostListening> }, string[]]>([
  [
    'at every address',
    { forwards: forward("proto='tcp'"), sockets: { tcp: at('0.0.0.0', 8080) } },
    ['8080 (tcp)'],
  ],
  [
    'at every address of IPv6',
    { forwards: forward("proto='tcp'"), sockets: { tcp: at('::', 8080) } },
    ['8080 (tcp)'],
  ],
  [
    'at 127.0.0.1',
    { forwards: forward("proto='tcp'"), sockets: { tcp: at('127.0.0.1', 8080) } },
    ['8080 (tcp)'],
  ],
  [
    'at ::1, which leads nowhere else',
    { forwards: forward("proto='tcp'"), sockets: { tcp: at('::1', 8080) } },
    [],
  ],
  [
    'at the port inside',
    { forwards: forward("proto='tcp'"), sockets: { tcp: at('0.0.0.0', 80) } },
    [],
  ],
  [
    'with the other protocol',
    { forwards: forward("proto='udp'"), sockets: { tcp: at('0.0.0.0', 8080) } },
    [],
  ],
  [
    'with UDP',
    { forwards: forward("proto='udp'"), sockets: { udp: at('10.0.0.1', 8080) } },
    ['8080 (udp)'],
  ],
  [
    'at another address',
    { forwards: forward("proto='tcp' address='10.0.0.1'"), sockets: { tcp: at('10.0.0.2', 8080) } },
    [],
  ],
  [
    'at that address',
    { forwards: forward("proto='tcp' address='10.0.0.1'"), sockets: { tcp: at('10.0.0.1', 8080) } },
    ['8080 (tcp)'],
  ],
  [
    'at an address of IPv4, of which each is meant',
    { forwards: forward("proto='tcp' address='0.0.0.0'"), sockets: { tcp: at('10.0.0.1', 8080) } },
    ['8080 (tcp)'],
  ],
  [
    'at many ports, each several times',
    {
      forwards: forward(
        "proto='tcp'",
        "<range start='1' end='20'/><range start='5' exclude='yes'/>",
      ),
      sockets: {
        tcp: [...Array(30).keys()].flatMap((port) => [...at('0.0.0.0', port), ...at('::', port)]),
      },
    },
    ['1, 2, 3, 4, 6, 7, 8, 9, 10, 11 and 9 more (tcp)'],
  ],
])('a program that listens %s', async (_, { forwards, sockets }, words) => {
  expect(await messagesOf(forwards, sockets)).toEqual(words);
});

test('nothing is looked up for a container without forwarded ports', async () => {
  expect(await messagesOf('', { tcp: at('0.0.0.0', 8080) })).toEqual([]);
});
