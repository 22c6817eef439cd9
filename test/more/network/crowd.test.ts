/** A hundred containers on a network come and go, half of them by a crash: the host's network is as before. */
import { execFileSync } from 'node:child_process';
import type { Domain } from 'tslxc';
import { makeBusyboxRoot } from '../../support/root/busybox-root';
import { domainXml } from '../../support/domain/domain-xml';
import { eventually } from '../../support/time/eventually';
import { containerTest, rootAndConnection } from '../../support/world/container-test';
import { sendSignal } from '../../support/process/send-signal';

const count = 100;

const world = containerTest(rootAndConnection);

const output = (program: string, ...words: string[]): string =>
  execFileSync(program, words, { encoding: 'utf8' });

/** Interfaces and rules, without counters, and without whether a bridge has a port that is up: the kernel tells that late. */
function networkOfHost(): string[] {
  const links = output('ip', '-o', 'link')
    .replace(/ state .*? /g, ' ')
    .replace(/\bNO-CARRIER,|,LOWER_UP\b/g, '');
  const rules = output('nft', '--stateless', 'list', 'ruleset');
  const routes = [output('ip', 'route'), output('ip', '-6', 'route')];
  return [links.trim(), rules, ...routes.map((text) => text.replace(/ linkdown\b/g, ''))];
}

test(`${count} containers with an interface each leave nothing, killed or not`, async () => {
  await using busybox = await makeBusyboxRoot();
  const network = await world.connection.createNetwork(
    `<network><name>crowd</name><forward/><ip address='10.77.0.1' prefix='16'/></network>`,
  );
  const idle = networkOfHost();
  const filesystems = [{ source: busybox.path, target: '/', access: 'read-write' }] as const;
  const devices = `<interface type='network'><source network='crowd'/></interface>`;
  const domains: Domain[] = await Promise.all(
    Array.from({ length: count }, (_, index) =>
      world.connection.createDomain(domainXml({ name: `crowd${index}`, filesystems, devices })),
    ),
  );
  const { bridge = '' } = await network.info();
  const ports = output('ip', '-o', 'link', 'show', 'master', bridge).trim().split('\n');
  expect(ports).toHaveLength(count);
  expect((await network.info()).connections).toBe(count);

  await Promise.all(
    domains.map(async (domain, index) => {
      if (index % 2 === 0) await domain.destroy();
      else sendSignal(domain.id, 'SIGKILL');
    }),
  );
  await eventually(async () => expect(await world.connection.listDomains()).toEqual([]), 20_000);
  await eventually(() => expect(networkOfHost()).toEqual(idle));
  expect((await network.info()).connections).toBe(0);
  await network.destroy();
  // A hundred at once take a minute where three lanes share two processors.
}, 180_000);
