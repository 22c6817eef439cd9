/** What doctor says beside all that can run: it advises against nothing that is at work, and names what is really left over. */
import { mkdirSync, rmSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import type { Domain, HostCheck } from 'tslxc';
import { looksAlone } from '../../lib/container/looks/looks';
import { Channel } from '../../lib/container/monitor/channel';
import { monitorExecutable } from '../../lib/host/executable';
import { mountsWithin } from '../../lib/host/kernel/mount-table';
import { native } from '../../lib/host/native';
import { runPaths, statePaths } from '../../lib/host/state/state-paths';
import { imagePaths } from '../../lib/image/store/image-paths';
import { makeDraft } from '../../lib/host/trees/draft';
import { DaemonProcess } from '../support/clients/daemon-process';
import { ConsoleSession } from '../support/console/console-session';
import { domainXml } from '../support/domain/domain-xml';
import { helpers, pidOf } from '../support/domain/exec';
import { HookScripts } from '../support/domain/hook-scripts';
import { hasEnded, listProcesses, readProcess } from '../support/process/processes';
import { commandLine, commandScript, runCommand } from '../support/process/run-command';
import { makeTestRoot } from '../support/root/test-root';
import { eventually } from '../support/time/eventually';
import { containerTest, rootAndConnection } from '../support/world/container-test';
import { initOf, monitorsOf } from '../support/world/container-traces';
import { leftoversFrom } from '../support/world/leftovers';

const world = containerTest(rootAndConnection);

// This process opens these once, and keeps them open.
beforeAll(monitorExecutable);
beforeAll(() => void mountsWithin('/'));

async function begin(name: string, elements = ''): Promise<Domain> {
  const domain = await world.connection.defineDomain(domainXml({ name, elements }));
  await domain.start({ ownership: 'leave' });
  return domain;
}

/** A process that waits for its plan, as each of them does at first. It ends with its channel. */
async function waiting(...words: readonly string[]): Promise<Channel> {
  const channel = await native().startMonitor({
    executable: monitorExecutable(),
    argv: ['tslxc-monitor', ...words],
    cgroups: [],
    leafCgroup: -1,
    plan: new Uint8Array(),
    descriptors: [],
  });
  return Channel.fromDescriptor(channel);
}

const processesWith = (...words: readonly string[]): number[] =>
  listProcesses().filter((pid) => {
    const own = readProcess(pid).words;
    return words.every((word) => own.includes(word));
  });

const health = `<metadata><tslxc:container xmlns:tslxc='urn:tslxc:domain:1'>
  <tslxc:health interval='600000'><tslxc:arg>true</tslxc:arg></tslxc:health>
  </tslxc:container></metadata>`;

test('nothing that is at work is called left over, from whichever root it is looked at', async () => {
  const { path: root } = world.root;
  const domain = await begin('doctor-busy', health);
  await begin('reap');
  const attached = await domain.exec(['sleep', '601'], { stdin: 'ignore' }).started;
  const onTerminal = await domain.exec(['sleep', '602'], { tty: { rows: 24, columns: 80 } })
    .started;
  await domain.execDetached(['sleep', '603']);
  using _console = await ConsoleSession.open(domain);
  await using _daemon = await DaemonProcess.start({
    root,
    argv: commandLine('daemon'),
    socket: join(root, 'run/tslxc/tslxc-sock-ro'),
  });
  using looks = looksAlone({ within: 600_000 });
  await looks.mount(root, { step: 'look' });
  const channels = [
    await waiting('--name', 'early'),
    await waiting('fit', '--name', 'doctor-busy'),
  ];
  await world.connection.defineDomain(domainXml({ name: 'doctor-hook' }));
  const release = await new HookScripts(world.root).stuckAt('lxc', 'prepare', [
    'start',
    'doctor-hook',
  ]);
  await eventually(() => expect(processesWith('watch-health')).toHaveLength(1));
  await using elsewhere = await makeTestRoot();
  try {
    expect(processesWith('tslxc-monitor', 'exec').length).toBeGreaterThanOrEqual(3);
    for (const at of [root, elsewhere.path]) expect(await leftoversFrom(at, [root])).toEqual([]);
  } finally {
    await release();
    for (const channel of channels) channel.close();
    onTerminal.destroy();
    attached.destroy();
    await Promise.all([onTerminal.result, attached.result]);
  }
  expect(await pidOf('sleep', '603')).toBeGreaterThan(0);
});

test('a doctor in a container does not call what brought it there left over', async () => {
  const domain = await begin('doctor-inside');
  const { stdout } = await domain
    .exec([process.execPath, commandScript, 'doctor', '--format', 'json'])
    .catch((error: unknown) => error as { readonly stdout: string });
  const { checks } = JSON.parse(stdout) as { readonly checks: readonly HostCheck[] };
  expect(checks.length).toBeGreaterThan(5);
  // It may not list the tables of nft there, and says so.
  const left = checks.filter(({ id }) => id.startsWith('leftover.') && id !== 'leftover.unknown');
  expect(left).toEqual([]);
  expect(checks.filter(({ advice }) => advice?.includes('kill') === true)).toEqual([]);
});

test('a monitor whose run folder was deleted is named, and what is advised ends its container', async () => {
  const { path: root } = world.root;
  await begin('doctor-left');
  const [monitor = 0] = monitorsOf('doctor-left');
  const init = await initOf('doctor-left');
  rmSync(runPaths(statePaths(root), 'doctor-left').directory, { recursive: true });
  const found = (await leftoversFrom(root)).filter(({ id }) => id === 'leftover.process');
  expect(found).toEqual([
    {
      id: 'leftover.process',
      status: 'warn',
      found: `${monitor} (tslxc-monitor --name doctor-left) belongs to no domain: its monitor.lock was deleted`,
      advice: `kill -9 ${monitor}`,
    },
  ]);
  process.kill(monitor, 'SIGKILL');
  await eventually(() => expect([monitor, init].every(hasEnded)).toBe(true));
  expect((await runCommand(['purge', '--yes'], { root })).code).toBe(0);
  expect(helpers()).toEqual([]);
});

test('what a killed pull has left is named, and not what one that goes on has made', async () => {
  const { path: root } = world.root;
  const paths = imagePaths(statePaths(root));
  mkdirSync(paths.drafts, { recursive: true });
  const draft = await makeDraft(paths);
  try {
    expect(await leftoversFrom(root)).toEqual([]);
    // As a process that was killed leaves them: the claim is there, and no process has it locked.
    const abandoned = join(paths.drafts, '0123456789abcdef');
    mkdirSync(abandoned);
    writeFileSync(`${abandoned}.claim`, '');
    expect(await leftoversFrom(root)).toMatchObject([
      { id: 'leftover.draft', found: expect.stringContaining(abandoned) as string },
    ]);
    rmSync(`${abandoned}.claim`);
    expect(await leftoversFrom(root)).toEqual([]);
  } finally {
    await draft[Symbol.asyncDispose]();
  }
});
