/** A monitor that is told to end, by whatever init it has: how that is asked, and what the end is. */
import { spawn } from 'node:child_process';
import { once } from 'node:events';
import { copyFileSync, mkdirSync } from 'node:fs';
import { join } from 'node:path';
import { connect } from 'tslxc';
import type { Domain, DomainSpec } from 'tslxc';
import { domainXml } from '../../support/domain/domain-xml';
import { listProcesses, readProcess } from '../../support/process/processes';
import { sendSignal } from '../../support/process/send-signal';
import { makeBusyboxRoot } from '../../support/root/busybox-root';
import { makeTestRoot } from '../../support/root/test-root';
import { eventually } from '../../support/time/eventually';
import { containerTest } from '../../support/world/container-test';
import { monitorsOf, untilGone } from '../../support/world/container-traces';

const world = containerTest(async (keep) => {
  const root = keep(await makeTestRoot());
  const connection = keep(await connect(undefined, { root: root.path }));
  const busybox = keep(await makeBusyboxRoot(['mkfifo', 'od', 'mkdir', 'mount']));
  return { root, connection, busybox };
});

/** Milliseconds. */
const [timeout, patience] = [60_000, 20_000];

/** Guarded, as everything that would end the host. */
const guarded = (script: string): string => `[ $$ = 1 ] || exit; ${script}`;
const goesOn = 'echo ready; while :; do sleep 0.05; done';

async function begin(
  name: string,
  script: string,
  more: Partial<DomainSpec> = {},
): Promise<Domain> {
  const domain = await world.connection.defineDomain({
    name,
    memory: '100MiB',
    init: '/bin/sh',
    args: ['-c', guarded(script)],
    ...more,
  });
  await domain.start({ ownership: 'leave' });
  await domain.waitFor({ console: /ready/, timeout });
  return domain;
}

function tell({ name }: Domain): void {
  sendSignal(monitorsOf(name)[0], 'SIGTERM');
}

/** Those that ask an init for its monitor; they have its words and one more. */
function askers({ name }: Domain): number[] {
  const [monitor] = monitorsOf(name);
  return listProcesses().filter((pid) => {
    const { parent, words } = readProcess(pid);
    return parent === monitor && words[1] === 'ask';
  });
}

/** How it ended, once it has. */
async function endOf(domain: Domain): Promise<unknown> {
  await untilGone(domain.name);
  const ended = await domain.state();
  return ended.state === 'shutoff' ? ended.exit : ended;
}

const asked = { how: 'exited', requested: 'shutdown' };

test('an init that is asked again and again has time to end', async () => {
  const script = `trap 'echo heard; while [ ! -e /tmp/go ]; do sleep 0.05; done; exit 4' TERM; ${goesOn}`;
  const domain = await begin('told-again', script, {
    mounts: [{ type: 'ram', target: '/tmp', size: '1MiB' }],
  });
  const [monitor] = monitorsOf(domain.name);
  tell(domain);
  await domain.waitFor({ console: /heard/, timeout });
  for (const signal of ['SIGTERM', 'SIGHUP', 'SIGINT', 'SIGTERM'] as const) {
    sendSignal(monitor, signal);
    await eventually(() => expect(askers(domain)).toEqual([]), patience);
  }
  // One that asks is like the monitor until it has executed its own words.
  await eventually(() => expect(monitorsOf(domain.name)).toEqual([monitor]), patience);
  expect(await domain.state()).toMatchObject({ state: 'running' });
  await domain.exec(['touch', '/tmp/go']);
  expect(await endOf(domain)).toMatchObject({ ...asked, code: 4 });
});

test('an init is asked also where no process could be made to ask it at first: a host that ends says so once', async () => {
  const domain = await begin('told-later', `trap 'exit 5' TERM; ${goesOn}`);
  const [monitor] = monitorsOf(domain.name);
  const inject = ['-e', 'trace=clone3', '-e', 'inject=clone3:error=EAGAIN:when=1'];
  const strace = spawn('strace', ['-p', String(monitor), '-o', '/dev/null', ...inject], {
    stdio: ['ignore', 'ignore', 'pipe'],
  });
  await once(strace.stderr, 'data'); // that it is attached
  tell(domain);
  expect(await endOf(domain)).toMatchObject({ ...asked, code: 5 });
  if (strace.exitCode === null) await once(strace, 'exit');
});

test('an init without a handler goes on, and so does its monitor', async () => {
  const domain = await begin('told-deaf', goesOn);
  const [monitor] = monitorsOf(domain.name);
  tell(domain);
  await eventually(() => expect(askers(domain)).toHaveLength(1), patience);
  await eventually(() => expect(askers(domain)).toEqual([]), patience);
  expect(monitorsOf(domain.name)).toEqual([monitor]);
  expect(await domain.state()).toEqual({ state: 'running', reason: 'booted' });
  await domain.destroy();
  expect(await domain.state()).toMatchObject({ reason: 'destroyed' });
});

test('a paused container is resumed to end', async () => {
  const domain = await begin('told-paused', `trap 'exit 0' TERM; ${goesOn}`);
  await domain.suspend();
  tell(domain);
  expect(await endOf(domain)).toMatchObject({ ...asked, code: 0 });
});

test('on_poweroff says what follows, and no reboot does', async () => {
  const reboots = `trap 'busybox reboot -f; sleep 9' TERM; ${goesOn}`;
  const rebooting = await begin('told-reboots', reboots, {
    root: world.busybox.path,
    privateNetwork: true,
  });
  tell(rebooting);
  expect(await endOf(rebooting)).toMatchObject({ how: 'killed', requested: 'shutdown' });
  expect(await rebooting.state()).toMatchObject({ state: 'shutoff', reason: 'shutdown' });

  const again = await begin('told-restarts', `trap 'exit 0' TERM; ${goesOn}`, {
    onPoweroff: 'restart',
  });
  const [monitor = 0] = monitorsOf(again.name);
  tell(again);
  await eventually(() => {
    const [next = monitor] = monitorsOf(again.name);
    expect(next).not.toBe(monitor);
  }, patience);
});

test('a restart that is about to begin does not', async () => {
  // The pause before a restart becomes longer and longer.
  const domain = await world.connection.defineDomain({
    name: 'told-restarting',
    memory: '100MiB',
    init: '/bin/sh',
    args: ['-c', guarded('echo ready; busybox reboot -f; sleep 9')],
    root: world.busybox.path,
    privateNetwork: true,
  });
  await domain.start({ ownership: 'leave' });
  tell(domain);
  expect(await endOf(domain)).toMatchObject({ how: 'killed', requested: 'shutdown' });
  expect(await domain.state()).toMatchObject({ state: 'shutoff', reason: 'shutdown' });
});

test('<tslxc:stop> names the signal, and systemd has one of its own', async () => {
  const own = await world.connection.defineDomain(
    domainXml({
      name: 'told-own',
      initArguments: ['-c', guarded(`trap 'exit 5' USR1; trap 'exit 6' TERM; ${goesOn}`)],
      elements: `<metadata><tslxc:container xmlns:tslxc='urn:tslxc:domain:1'>
        <tslxc:stop signal='SIGUSR1'/></tslxc:container></metadata>`,
    }),
  );
  await own.start({ ownership: 'leave' });
  await own.waitFor({ console: /ready/, timeout });
  tell(own);
  expect(await endOf(own)).toMatchObject({ ...asked, code: 5 });

  const folder = join(world.root.path, 'programs');
  mkdirSync(folder);
  copyFileSync('/bin/sh', join(folder, 'systemd'));
  const named = await begin('told-systemd', `trap 'exit 7' 38; trap 'echo no' TERM; ${goesOn}`, {
    init: '/var/tmp/programs/systemd',
    mounts: [{ source: folder, target: '/var/tmp/programs' }],
  });
  tell(named);
  expect(await endOf(named)).toMatchObject({ ...asked, code: 7 });
});

test('an initctl pipe comes before signals, and one that no process reads is passed over', async () => {
  const root = world.busybox.path;
  const begun = 'mkdir -p /run; mkfifo /run/initctl; trap "exit 8" TERM';
  const reads = `${begun}; echo ready; head -c 9 /run/initctl | od -An -tx1; exit 9`;
  const domain = await begin('told-pipe', reads, { root });
  tell(domain);
  expect(await endOf(domain)).toMatchObject({ ...asked, code: 9 });
  let said = '';
  for await (const line of domain.logs()) said += line;
  expect(said).toContain('69 19 09 03 01 00 00 00 30');

  const unread = await begin('told-unread', `rm /run/initctl; ${begun}; ${goesOn}`, { root });
  tell(unread);
  expect(await endOf(unread)).toMatchObject({ ...asked, code: 8 });
});
