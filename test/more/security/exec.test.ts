/**
 * A hostile PID 1 that scans, opens and traces every process that comes up, while commands are run (T8). With an id map it
 * gets at nothing; without one root has CAP_SYS_PTRACE over its container, and what it gets at holds nothing of the host.
 */
import {
  chmodSync,
  copyFileSync,
  existsSync,
  mkdirSync,
  mkdtempSync,
  readFileSync,
  rmSync,
  writeFileSync,
} from 'node:fs';
import { join } from 'node:path';
import { connect } from 'tslxc';
import { domainXml } from '../../support/domain/domain-xml';
import { eventually } from '../../support/time/eventually';
import { helpers } from '../../support/domain/exec';
import { containerTest } from '../../support/world/container-test';
import { idMapXml } from '../../support/domain/mapped-domain';
import { makeTestRoot } from '../../support/root/test-root';
import { UnsafePackage } from '../../support/probe/unsafe-package';

type Found = Readonly<
  Record<'seen' | 'fd' | 'root' | 'memory' | 'ptrace' | 'write' | 'secret', readonly string[]>
>;

const world = containerTest(
  (keep) => {
    const scratch = mkdtempSync('/var/tmp/tslxc-watch-');
    keep(() => rmSync(scratch, { recursive: true }));
    chmodSync(scratch, 0o755);
    copyFileSync(join(__dirname, 'watch-processes.py'), join(scratch, 'watch.py'));
    chmodSync(join(scratch, 'watch.py'), 0o644);
    process.env['TSLXC_TEST_SECRET'] = 'secret-of-the-caller';
    keep(() => delete process.env['TSLXC_TEST_SECRET']);
    return { scratch };
  },
  { per: 'file', except: ['descriptors'] },
);

/** What PID 1 gets while short and long commands are run. The canary is tslxc's own state, which it does not see. */
async function attack(
  connectTo: typeof connect,
  elements: string,
  whenItFails: (error: unknown) => void = (error) => {
    throw error;
  },
): Promise<Found> {
  await using root = await makeTestRoot();
  const folder = mkdtempSync(join(world.scratch, 'found-'));
  chmodSync(folder, 0o777);
  mkdirSync(join(root.path, 'run/tslxc/lxc'), { recursive: true });
  const canary = join(root.path, 'run/tslxc/lxc/canary');
  writeFileSync(canary, 'secret of the host');
  const connection = await connectTo(undefined, { root: root.path });
  const init = {
    init: '/usr/bin/python3',
    initArguments: [join(world.scratch, 'watch.py'), folder, canary],
  };
  const domain = await connection.createDomain(
    domainXml({ name: 'exec-watch', ...init, elements }),
  );
  try {
    const long = await domain.exec(['sleep', '8001'], { stdin: 'ignore' });
    for (let round = 0; round < 40; round += 1) {
      const short = domain.exec(['true'], { stdin: 'ignore' });
      await short.then(({ result }) => result).catch(whenItFails);
    }
    long.destroy();
    await long.result;
    writeFileSync(join(folder, 'stop'), '');
    await eventually(() => expect(existsSync(join(folder, 'found'))).toBe(true));
    return JSON.parse(readFileSync(join(folder, 'found'), 'utf8')) as Found;
  } finally {
    await domain.destroy();
    await connection.close();
    await eventually(() => expect(helpers()).toEqual([]));
  }
}

/** Descriptors beside what the guardian waits by, and the command's own pipes. */
function foreign({ fd }: Found): string[] {
  const harmless = ['anon_inode', 'pidfd', 'pipe', 'socket'];
  return fd.filter((kind) => !harmless.includes(kind));
}

describe('a hostile PID 1 that watches for commands (T8)', () => {
  test('with an id map gets at no process of ours', async () => {
    expect(await attack(connect, idMapXml())).toEqual({
      ...{ seen: ['yes'], fd: [], root: [], memory: [] },
      ...{ ptrace: [], write: [], secret: [] },
    });
  });

  test('without one it gets at pipes and sockets, and at nothing of the host', async () => {
    const found = await attack(connect, '');
    expect(found).toMatchObject({ seen: ['yes'], root: [], write: [], secret: [] });
    expect(foreign(found)).toEqual([]);
    // It is root, with CAP_SYS_PTRACE: the attack itself works.
    expect(found).toMatchObject({ memory: ['read'], ptrace: ['seized'] });
  });

  test('control: with an id map, a process that is dumpable is opened and traced', async () => {
    using unsafe = await UnsafePackage.make('dumpable command');
    const found = await attack(await unsafe.connect(), idMapXml());
    expect(found.fd).toContain('pipe');
    expect(found).toMatchObject({ memory: ['read'], ptrace: ['seized'] });
  });

  test('control: without one, what is not closed before the container sees it is found', async () => {
    using unsafe = await UnsafePackage.make('leaky command');
    // What is leaked is the attacker's to break: a command may fail for it.
    const found = await attack(await unsafe.connect(), '', () => undefined);
    expect(foreign(found)).not.toEqual([]);
  });
});
