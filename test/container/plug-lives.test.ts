/** A container that reboots, is destroyed or loses the fitter while a device is attached or detached: it is in or out, as is told. */
import { spawn } from 'node:child_process';
import type { ChildProcess } from 'node:child_process';
import { once } from 'node:events';
import { existsSync, mkdirSync, readFileSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { connect } from 'tslxc';
import type { Domain } from 'tslxc';
import { runPaths, statePaths } from '../../lib/host/state/state-paths';
import { domainXml } from '../support/domain/domain-xml';
import { MarkedDisk } from '../support/fake/marked-disk';
import { libraryWords } from '../support/process/library-child';
import { commandEnvironment, runProgram } from '../support/process/run-command';
import { makeBusyboxRoot } from '../support/root/busybox-root';
import { makeTestRoot } from '../support/root/test-root';
import { eventually, slowness } from '../support/time/eventually';
import { containerTest } from '../support/world/container-test';
import { initOf } from '../support/world/container-traces';

const name = 'lives';

let marked: MarkedDisk;

beforeAll(() => {
  marked = new MarkedDisk();
});

afterAll(() => marked[Symbol.dispose]());

const world = containerTest(async (keep) => {
  const busybox = keep(await makeBusyboxRoot(['mkdir', 'mount', 'umount']));
  const root = keep(await makeTestRoot());
  const connection = keep(await connect(undefined, { root: root.path }));
  return { busybox, root, connection };
});

interface Kind {
  readonly xml: () => string;
  /** In the live XML. */
  readonly word: string;
  readonly isIn: (init: number) => boolean;
}

const disk: Kind = {
  xml: () => `<disk type='block'><source dev='${marked.path}'/><target dev='vda'/></disk>`,
  word: "dev='vda'",
  isIn: (init) => existsSync(`/proc/${init}/root/dev/vda`),
};

const tree: Kind = {
  xml: () =>
    `<filesystem type='mount'><source dir='${join(world.root.path, 'shared')}'/><target dir='/mnt'/></filesystem>`,
  word: "dir='/mnt'",
  isIn: (init) => existsSync(`/proc/${init}/root/mnt/page`),
};

const kinds = { disk, tree };

async function start(devices = ''): Promise<Domain> {
  const folder = join(world.root.path, 'shared');
  mkdirSync(folder);
  writeFileSync(join(folder, 'page'), 'of the host\n');
  const filesystems = [{ source: world.busybox.path, target: '/' }];
  const domain = await world.connection.defineDomain(domainXml({ name, filesystems, devices }));
  await domain.start();
  return domain;
}

/** A process that does it, with a failpoint. It exits with 0, or with 3 after an error. */
function begin(verb: 'attach' | 'detach', { xml }: Kind, failpoint: string): ChildProcess {
  const [program, ...words] = libraryWords(`
    const domain = await (await connect()).lookupDomainByName(${JSON.stringify(name)});
    await domain.${verb}Device(${JSON.stringify(xml())}).catch(() => process.exit(3));`);
  const env = { ...commandEnvironment(world.root.path), TSLXC_FAILPOINT: failpoint };
  return spawn(program, words, { env, stdio: 'ignore' });
}

async function untilStopped(child: ChildProcess): Promise<void> {
  await eventually(() => {
    expect(readFileSync(`/proc/${child.pid ?? 0}/stat`, 'utf8')).toMatch(/\) T /);
  });
}

/** Without a look at the domain's record, whose lock the caller has that was stopped. */
async function reboot(): Promise<void> {
  const before = await initOf(name);
  const inside = ['nsenter', '--target', String(before), '--pid', '--mount'];
  await runProgram([...inside, '/bin/busybox', 'reboot', '-f']);
  const { running } = runPaths(statePaths(world.root.path), name);
  await eventually(() => {
    const { init } = JSON.parse(readFileSync(running, 'utf8')) as { readonly init: number };
    expect(init).not.toBe(before);
  });
}

const record = (): string =>
  readFileSync(runPaths(statePaths(world.root.path), name).start, 'utf8');

/** Whether it is in: what is shown and what is there say the same. */
async function state(domain: Domain, kind: Kind): Promise<'in' | 'out'> {
  const isShown = (await domain.xml()).includes(kind.word);
  const isIn = kind.isIn(await initOf(name));
  expect({ isShown, onItsWay: record().includes('"plug"') }).toEqual({
    isShown: isIn,
    onItsWay: false,
  });
  return isIn ? 'in' : 'out';
}

const pauses = [
  ['attach', 'plug:after-record'],
  ['attach', 'plug:after-fitted'],
  ['attach', 'plug:before-commit'],
  ['detach', 'plug:after-record'],
  ['detach', 'plug:after-taken'],
] as const;

describe.each(Object.entries(kinds))('a container that reboots while a %s', (_, kind) => {
  test.each(pauses)('is %sed, at %s', async (verb, point) => {
    const domain = await start(verb === 'detach' ? kind.xml() : '');
    const child = begin(verb, kind, `${point}=stopSelf`);
    await untilStopped(child);
    await reboot();
    child.kill('SIGCONT');
    const [code] = (await once(child, 'exit')) as [number];
    // What was told: after an error an attached device is out.
    const done = verb === 'attach' ? 'in' : 'out';
    const wanted = code === 0 || verb === 'detach' ? done : 'out';
    expect(await state(domain, kind)).toBe(wanted);
    await reboot();
    expect(await state(domain, kind)).toBe(wanted);
  });
});

test('a fitter that is killed when it has unmounted a file system: the next look finishes that', async () => {
  const domain = await start(tree.xml());
  const child = begin('detach', tree, 'fitter:after-attached#2=killSelf');
  expect(await once(child, 'exit')).toEqual([3, null]);
  expect(tree.isIn(await initOf(name))).toBe(false);
  expect(await state(domain, tree)).toBe('out');
  await domain.attachDevice(tree.xml());
  expect(await state(domain, tree)).toBe('in');
});

describe('a device that is on its way', () => {
  /** Its caller was killed, and what takes it out never answers. */
  async function hangOnItsWay(): Promise<Domain> {
    const domain = await start();
    const child = begin('attach', tree, 'plug:after-fitted=killSelf');
    expect(await once(child, 'exit')).toEqual([null, 'SIGKILL']);
    process.env['TSLXC_FAILPOINT'] = 'fitter:after-plan=stopSelf';
    return domain;
  }

  afterEach(() => {
    delete process.env['TSLXC_FAILPOINT'];
  });

  test('does not hold up a destroy for longer than that may take', async () => {
    const domain = await hangOnItsWay();
    const before = performance.now();
    await domain.destroy();
    expect(performance.now() - before).toBeLessThan(5000 * slowness);
  });

  test('keeps no other call from its answer, and is taken out when that can be', async () => {
    const domain = await hangOnItsWay();
    expect(await domain.xml()).toContain(tree.word);
    delete process.env['TSLXC_FAILPOINT'];
    expect(await state(domain, tree)).toBe('out');
  });
});
