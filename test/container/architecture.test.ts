/** What a container is told of the host’s architecture: that of its definition, where the kernel has both. */
import { readFileSync } from 'node:fs';
import { connect } from 'tslxc';
import { makeBusyboxRoot } from '../support/root/busybox-root';
import { makeTestRoot } from '../support/root/test-root';
import { domainXml } from '../support/domain/domain-xml';
import { rebootFromInside, runIn } from '../support/domain/exec';
import { runInside } from '../support/domain/mapped-domain';
import { eventually } from '../support/time/eventually';
import { containerTest } from '../support/world/container-test';
import { initOf } from '../support/world/container-traces';

/** By the architecture of Node’s: the 32-bit one as libvirt calls it, and what uname(2) says then, and otherwise. */
const machines: Readonly<Record<string, readonly [arch: string, told: string, own: string]>> = {
  x64: ['i686', 'i686', 'x86_64'],
  arm64: ['armv7l', 'armv8l', 'aarch64'],
};
const [arch, told, own] = machines[process.arch] ?? ['', '', ''];

const name = 'architecture';

/** Of personality(2). */
const PER_LINUX32 = 8;

/** The kernel that a process is shown: the lowest byte of what personality(2) says of it. */
function execDomainOf(pid: number): number {
  return Number.parseInt(readFileSync(`/proc/${pid}/personality`, 'latin1'), 16) & 0xff;
}

const world = containerTest(async (keep) => {
  const busybox = keep(await makeBusyboxRoot(['uname']));
  const root = keep(await makeTestRoot());
  const connection = keep(await connect(undefined, { root: root.path }));
  return { busybox, connection };
});

test.each([
  [arch, told],
  [own, own],
])('with %s, init and commands are told %s, also after a reboot', async (asked, expected) => {
  const filesystems = [{ source: world.busybox.path, target: '/' }];
  const xml = domainXml({ name, filesystems }).replace('<type>', `<type arch='${asked}'>`);
  const domain = await world.connection.defineDomain(xml);
  await domain.start();
  const toldToCommand = async () => (await runIn(domain, ['/bin/uname', '-m'])).stdout;
  expect(await runInside(domain, 'uname -m')).toBe(`${expected}\n`);
  expect(await toldToCommand()).toBe(`${expected}\n`);
  const before = await initOf(name);
  await rebootFromInside(domain);
  // What the new init has, as the kernel says of it: its shell may not read what is typed yet.
  await eventually(async () => {
    const init = await initOf(name);
    expect(init).not.toBe(before);
    expect(execDomainOf(init)).toBe(expected === told ? PER_LINUX32 : 0);
  });
  // A command is refused until the monitor has the new init on record.
  await eventually(async () => expect(await toldToCommand()).toBe(`${expected}\n`));
});
