/** T26: root inside says that it is a router. The host's side of its interface does not believe it; test/virtual-network has bridges. */
import { writeFileSync } from 'node:fs';
import type { Domain } from 'tslxc';
import { domainXml } from '../../support/domain/domain-xml';
import { host } from '../../support/network/host-links';
import { interfaceXml } from '../../support/network/network-world';
import { eventually } from '../../support/time/eventually';
import { containerTest, rootAndConnection } from '../../support/world/container-test';

const link = 'free0';

const world = containerTest(rootAndConnection);

/** On the shared root, for its Python. */
function start(): Promise<Domain> {
  const devices = interfaceXml({ type: 'ethernet', more: `<target dev='${link}'/>` });
  const init = { init: '/bin/sleep', initArguments: ['1000'] };
  return world.connection.createDomain(domainXml({ name: 'router', ...init, devices }));
}

/** RFC 4861, 4.2, with a prefix of which each listener makes an address of its own (4.6.2). */
const advertises = `
import socket, struct, time
packet = struct.pack("!BBHBBHII", 134, 0, 0, 64, 0, 1800, 0, 0)
packet += struct.pack("!BBBBIII16s", 3, 4, 64, 0xc0, 3600, 3600, 0, socket.inet_pton(socket.AF_INET6, "2001:db8:bad::"))
index = socket.if_nametoindex("eth0")
router = socket.socket(socket.AF_INET6, socket.SOCK_RAW, socket.IPPROTO_ICMPV6)
router.setsockopt(socket.IPPROTO_IPV6, socket.IPV6_MULTICAST_HOPS, 255)
for _ in range(30):
    try:
        router.sendto(packet, ("ff02::1", 0, 0, index))
    except OSError:
        pass
    time.sleep(0.1)
`;

async function advertise(domain: Domain): Promise<void> {
  const command = await domain.exec(['python3', '-c', advertises], { stdin: 'ignore' }).started;
  expect(await command.result).toEqual({ code: 0 });
}

const isBelieved = (): boolean =>
  host.addresses(link).some(({ local }) => local.startsWith('2001:db8:bad:'));

describe('a router that root inside plays (T26)', () => {
  test('is not believed by the host’s side of its interface', async () => {
    const domain = await start();
    await advertise(domain);
    expect(isBelieved()).toBe(false);
    await domain.destroy();
  });

  test('control: where that side accepts it, it is', async () => {
    const domain = await start();
    writeFileSync(`/proc/sys/net/ipv6/conf/${link}/accept_ra`, '2');
    await eventually(async () => {
      await advertise(domain);
      expect(isBelieved()).toBe(true);
    });
    await domain.destroy();
  });
});
