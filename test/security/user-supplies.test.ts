/**
 * What the kernel limits for each user (T27): signals that may be pending, inotify instances, namespaces. A user namespace's owner
 * is charged with all that is inside.
 */
import { readFileSync } from 'node:fs';
import { join } from 'node:path';
import { idMapXml } from '../support/domain/mapped-domain';
import { TestDomain } from '../support/domain/test-domain';
import { runProgram } from '../support/process/run-command';
import { initOf } from '../support/world/container-traces';
import { containerTest, nothing } from '../support/world/container-test';
import { startIdle, takeInside } from './taking';

containerTest(nothing);

const script = readFileSync(join(__dirname, 'take-supplies.py'), 'utf8');

const start = (name: string, elements = idMapXml()): Promise<TestDomain> =>
  startIdle(name, elements);

/** What root inside gets, `NUMBER ERRNO`, which it holds while `meanwhile` runs. */
const take = (
  container: TestDomain,
  words: readonly [what: 'timer' | 'inotify' | 'uts', count: string],
  meanwhile?: () => Promise<void>,
): Promise<string> => takeInside(container, { script, words, meanwhile });

/** Signals that the kernel counts for the host's root: the first number of SigQ in proc_pid_status(5). */
function pendingOfRoot(): number {
  return Number(/^SigQ:\s+(\d+)/m.exec(readFileSync('/proc/self/status', 'utf8'))?.[1]);
}

/** The user who owns the user namespace of a container's init: NS_GET_OWNER_UID of ioctl_nsfs(2). */
async function ownerOf(name: string): Promise<number> {
  const ask = `import fcntl; print(int.from_bytes(fcntl.ioctl(open('/proc/${await initOf(name)}/ns/user'), 0xb704, bytes(4)), 'little'))`;
  const { stdout, stderr } = await runProgram(['python3', '-c', ask]);
  expect(stderr).toBe('');
  return Number(stdout);
}

/** More than all else on the host has pending at a time. */
const many = 3000;

async function pendingWith(container: TestDomain): Promise<number> {
  const before = pendingOfRoot();
  let meanwhile = 0;
  const got = await take(container, ['timer', String(many)], () => {
    meanwhile = pendingOfRoot();
    return Promise.resolve();
  });
  expect(got).toBe(`${many} none`);
  return meanwhile - before;
}

test('signals that are pending in a container with own ids do not count for the host’s root', async () => {
  await using container = await start('supplies-signals');
  expect(await pendingWith(container)).toBeLessThan(many / 2);
});

test('control: those of a container without own ids do', async () => {
  await using container = await start('supplies-control', '');
  expect(await pendingWith(container)).toBeGreaterThan(many / 2);
});

test('a container with own ids that takes every inotify instance leaves the host’s root and others theirs', async () => {
  const all = readFileSync('/proc/sys/user/max_inotify_instances', 'utf8').trim();
  const own = (target: number): string => idMapXml([[0, target, 65_536]], [[0, target, 65_536]]);
  await using one = await start('supplies-one', own(300_000));
  await using other = await start('supplies-other', own(400_000));
  const more = String(Number(all) + 10);
  const got = await take(one, ['inotify', more], async () => {
    expect(await take(other, ['inotify', more])).toBe(`${all} EMFILE`);
    const host = await runProgram(['python3', '-c', script, 'inotify', '1']);
    expect(host.stdout).toBe('1 none\n');
  });
  expect(got).toBe(`${all} EMFILE`);
});

test('its user namespace belongs to a user without an account, also after a reboot', async () => {
  await using container = await TestDomain.make({
    name: 'supplies-owner',
    init: '/bin/sh',
    initArguments: ['-c', "trap 'exit 0' TERM; echo willing; while :; do sleep 0.05; done"],
    elements: idMapXml(),
  });
  await container.start();
  const [life, owner] = [await initOf(container.name), await ownerOf(container.name)];
  expect(owner).toBe(0x8000_0000 + 300_000);
  // The monitor was that user only for the clone.
  const monitor = readFileSync(`/proc/${String(container.domain.id)}/status`, 'utf8');
  expect(monitor).toMatch(/^Uid:\t0\t0\t0\t0$/m);
  await container.domain.waitFor({ console: /willing/, timeout: 20_000 });
  await container.domain.reboot({ timeout: 10_000 });
  expect(await initOf(container.name)).not.toBe(life);
  expect(await ownerOf(container.name)).toBe(owner);
});
