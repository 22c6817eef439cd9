/** T27. Root inside makes cgroups whose path is longer than any system call takes. Nothing of it holds a domain up. */
import { readFileSync } from 'node:fs';
import { join } from 'node:path';
import { expectGone, initOf, monitorsOf } from '../../support/world/container-traces';
import { runIn } from '../../support/domain/exec';
import { containerTest, nothing } from '../../support/world/container-test';
import { idMapXml } from '../../support/domain/mapped-domain';
import { TestDomain } from '../../support/domain/test-domain';
import { eventually } from '../../support/time/eventually';
import { sendSignal } from '../../support/process/send-signal';

/** 8,200 bytes: twice PATH_MAX. */
const depth = 200;
const width = 20;
const timeout = 30_000;

containerTest(nothing);

/** More and deeper cgroups than containers may have by default, in v1's tree of a name too. */
const unlimited =
  "<metadata><tslxc:container xmlns:tslxc='urn:tslxc:domain:1'>" +
  "<tslxc:cgroups max='1000000' depth='10000' named='writable'/></tslxc:container></metadata>";

/** A container whose root digs in every hierarchy that it may write to; `who` goes to the end. */
async function makeDigger(name: string, who: string, elements: string): Promise<TestDomain> {
  // As text: with an id map, root inside may not be able to read the file.
  const script = readFileSync(join(__dirname, '../../support/probe/dig-cgroups.py'), 'utf8');
  return TestDomain.make({
    name,
    memory: 1024 * 1024,
    elements: elements + unlimited,
    initArguments: [
      '-c',
      `exec python3 -c "$0" ${depth} ${width} ${who} /sys/fs/cgroup/*/`,
      script,
    ],
  });
}

async function startDigging({ domain }: TestDomain): Promise<void> {
  await domain.start({ ownership: 'leave' });
  const [, dug] = await domain.waitFor({ console: /dug (\d+)/, timeout });
  expect(Number(dug)).toBeGreaterThan(0);
}

/** What the kernel says of where a process is: nothing, or as much as fits (Linux 6.18). */
function placeOf(pid: number): string {
  try {
    const places = readFileSync(`/proc/${pid}/cgroup`, 'latin1').split('\n');
    return places.some((line) => line.length > 4000) ? 'not told' : places.join();
  } catch {
    return 'not told';
  }
}

const maps = [
  ['without an id map', 'deep', ''],
  ['with an id map', 'deep-mapped', idMapXml()],
] as const;

test.each(maps)(
  '%s, a domain is told of, used, ended, started again and removed',
  async (_, name, elements) => {
    await using container = await makeDigger(name, 'child', elements);
    const { domain } = container;
    await startDigging(container);
    expect(await container.reason()).toBe('running (booted)');
    expect(await runIn(domain, ['echo', 'inside'])).toMatchObject({ stdout: 'inside\n' });
    await domain.destroy();
    await expectGone(name);
    expect(await container.reason()).toBe('shut off (destroyed)');

    await startDigging(container);
    sendSignal(monitorsOf(name)[0], 'SIGKILL');
    await eventually(async () =>
      expect(await container.reason()).toBe('shut off (crashed: its monitor was lost)'),
    );
    await expectGone(name);

    await startDigging(container);
    await domain.destroy();
    await domain.undefine();
    await expectGone(name);
  },
);

test.each(maps)(
  '%s, an init at the end of them gets commands beside it, is rebooted and purged',
  async (_, name, elements) => {
    await using container = await makeDigger(name, 'self', elements);
    const { domain } = container;
    await startDigging(container);
    const init = await initOf(name);
    expect(placeOf(init)).toBe('not told');
    expect(await container.reason()).toBe('running (booted)');
    expect(await runIn(domain, ['echo', 'inside'])).toMatchObject({ stdout: 'inside\n' });
    await domain.suspend();
    await expect(domain.exec(['true'])).rejects.toMatchObject({ code: 'OPERATION_INVALID' });
    await domain.resume();
    expect(await domain.reboot({ timeout })).toMatchObject({ outcome: 'rebooted' });
    expect(await initOf(name)).not.toBe(init);
    const ran = await container.spawn(['purge', '--yes'], { timeout: 60_000 });
    expect([ran.code, ran.stderr]).toEqual([0, '']);
    expect(ran.stdout).toContain(`removed domain '${name}', stopped`);
    await expectGone(name);
  },
);
