/** Containers beside systemd: units of the package, services that use the library, and settings that break it. */
import { existsSync, readFileSync, readdirSync } from 'node:fs';
import { mkdir, readFile, rm } from 'node:fs/promises';
import { join } from 'node:path';
import { connect } from 'tslxc';
import type { Connection, Domain, ExitRecord } from 'tslxc';
import { expectShell } from '../support/console/console-answer';
import { expectGone, initOf, monitorsOf, untilGone } from '../support/world/container-traces';
import { domainXml } from '../support/domain/domain-xml';
import { eventually } from '../support/time/eventually';
import { libraryWords } from '../support/process/library-child';
import { hasEnded } from '../support/process/processes';
import { commandLine, runSuccessfully } from '../support/process/run-command';
import {
  installUnits,
  makeService,
  property,
  runAsService,
  systemctl,
} from '../support/machine/systemd';

/** What the units use: the machine is the tests’ own. */
const root = '/';

let connection: Connection;

beforeAll(async () => {
  await installUnits();
  connection = await connect('lxc:///', { root });
});

afterAll(() => connection.close());

function cgroupFile(name: string, file: string): string {
  return readFileSync(join('/sys/fs/cgroup/libvirt/lxc', name, file), 'utf8').trim();
}

async function define(name: string, source?: string): Promise<Domain> {
  const filesystems = source === undefined ? [] : [{ source, target: '/srv' }];
  return connection.defineDomain(domainXml({ name, memory: 65_536, filesystems }));
}

describe('tslxc@web', () => {
  let web: Domain;

  beforeAll(async () => {
    web = await define('web');
  });

  afterAll(async () => {
    await systemctl('stop', 'tslxc@web');
    await web.undefine();
  });

  test('is there when its container runs, in cgroups of its own', async () => {
    await systemctl('start', 'tslxc@web');
    expect(await property('tslxc@web', 'ActiveState')).toBe('active');
    expect(web.id).toBeDefined();
    await expectShell(web);
    const cgroup = readFileSync(`/proc/${web.id ?? 0}/cgroup`, 'utf8');
    expect(cgroup).toBe('0::/libvirt/tslxc-monitor\n');
  });

  test('keeps its limits when systemd reads its units again', async () => {
    const limit = cgroupFile('web', 'memory.max');
    expect(limit).toBe(String(65_536 * 1024));
    await systemctl('daemon-reload');
    await systemctl('daemon-reexec');
    expect(cgroupFile('web', 'memory.max')).toBe(limit);
    expect(readFileSync('/sys/fs/cgroup/cgroup.subtree_control', 'utf8')).toMatch(
      /\bcpu\b.*\bmemory\b/,
    );
    await expectShell(web);
  });

  test('takes its container along when it is stopped, and has not failed', async () => {
    await systemctl('stop', 'tslxc@web');
    await expectGone('web');
    expect(await property('tslxc@web', 'ActiveState')).toBe('inactive');
    expect(await property('tslxc@web', 'Result')).toBe('success');
  });

  test('ends when its container does, and has failed when init was killed', async () => {
    await systemctl('start', 'tslxc@web');
    process.kill(await initOf('web'), 'SIGKILL');
    await eventually(async () => {
      expect(await property('tslxc@web', 'ActiveState')).toBe('failed');
    });
    expect(await property('tslxc@web', 'Result')).toBe('exit-code');
    expect(await property('tslxc@web', 'ExecMainStatus')).toBe('137');
    await expectGone('web');
    await systemctl('reset-failed', 'tslxc@web');
  });
});

describe('a service with PrivateTmp and ProtectSystem that uses the library', () => {
  const state = ['/etc/tslxc', '/run', '/var/lib/tslxc', '/var/log/tslxc'];

  /** Starts the domain when it is off, and stays. */
  const program = libraryWords(`
    const { writeFileSync } = require('node:fs');
    const connection = await connect();
    for (const name of ['kept', 'shared']) {
      const domain = await connection.lookupDomainByName(name);
      if (domain.id === undefined) await domain.start();
      const stream = await domain.openConsole();
      stream.on('data', () => undefined);
      stream.write('echo served by ' + process.pid + '\\n');
    }
    writeFileSync('/run/kept.pid', process.pid + '\\n');
    setInterval(() => undefined, 1000);`);

  test.each(['full', 'strict'])(
    'with %s restarts, and its containers notice nothing',
    async (level) => {
      for (const folder of state) await mkdir(folder, { recursive: true });
      await mkdir('/srv/kept', { recursive: true });
      const kept = await define('kept', '/srv/kept');
      const shared = await define('shared');
      await makeService('keeper-of-containers.service', [
        `ExecStart=${program.map((word) => `"${quoted(word)}"`).join(' ')}`,
        'PrivateTmp=yes',
        `ProtectSystem=${level}`,
        `ReadWritePaths=${state.join(' ')}`,
      ]);
      // Not what the service of the test before has left there.
      const note = '/run/kept.pid';
      await rm(note, { force: true });
      const served = async (other?: string): Promise<string> =>
        eventually(async () => {
          const pid = await readFile(note, 'utf8');
          expect(pid).toMatch(/^\d+\n$/);
          expect(pid).not.toBe(other);
          return pid;
        });
      await systemctl('start', 'keeper-of-containers');
      const first = await served();
      const inits = [await initOf('kept'), await initOf('shared')];
      await expectShell(kept);
      await systemctl('restart', 'keeper-of-containers');
      await served(first);
      expect([await initOf('kept'), await initOf('shared')]).toEqual(inits);
      // The new one has taken up the consoles of the former.
      await expectShell(kept);
      await expectShell(shared);
      await systemctl('stop', 'keeper-of-containers');
      expect(inits.filter(hasEnded)).toEqual([]);
      await expectShell(kept);
      for (const domain of [kept, shared]) {
        await domain.destroy();
        await domain.undefine();
      }
    },
  );

  test('that is stopped while a container ends hears how it ended when it is back', async () => {
    const ended = await define('ended');
    const start = libraryWords(`
      const connection = await connect();
      await (await connection.lookupDomainByName('ended')).start();
      await connection.close();`);
    const { code, output } = await runAsService(['PrivateTmp=yes', 'ProtectSystem=full'], start);
    expect([code, output]).toEqual([0, '']);
    const console_ = await ended.openConsole();
    console_.on('data', () => undefined);
    console_.write('exit 7\n');
    await untilGone('ended');
    const look = libraryWords(`
      const connection = await connect();
      const { exit, reason } = await (await connection.lookupDomainByName('ended')).state();
      console.log(JSON.stringify({ exit, reason }));
      await connection.close();`);
    const looked = await runAsService(['PrivateTmp=yes'], look);
    const { exit, reason } = JSON.parse(looked.output) as { exit: ExitRecord; reason: string };
    expect([exit.how, exit.code, reason]).toEqual(['exited', 7, 'shutdown']);
    expect(Date.now() - exit.time).toBeLessThan(300_000);
    await ended.undefine();
  });
});

describe('a setting of a unit that breaks containers is told with what to change', () => {
  const start = commandLine('start', 'broken');

  beforeAll(async () => {
    await define('broken');
  });

  afterAll(() => runSuccessfully(['undefine', 'broken'], { root }));

  test.each([
    ['ProtectControlGroups=yes', 'ProtectControlGroups=no'],
    ['ProtectSystem=strict', 'ReadWritePaths='],
    ['NoNewPrivileges=yes', 'NoNewPrivileges=yes'],
    ['PrivateUsers=yes', 'user namespace'],
  ])('%s', async (setting, words) => {
    const { code, output } = await runAsService([setting], start);
    expect([code, output]).toEqual([1, expect.stringContaining(words)]);
    const doctor = await runAsService([setting], commandLine('doctor'));
    expect([doctor.code, doctor.output]).toEqual([1, expect.stringContaining('fail')]);
    expect(monitorsOf('broken')).toEqual([]);
  });

  test('control: without one it starts', async () => {
    const { code, output } = await runAsService([], start);
    expect([code, output]).toEqual([0, expect.stringContaining('started')]);
    const doctor = await runAsService([], commandLine('doctor'));
    expect([doctor.code, doctor.output]).toEqual([0, expect.stringContaining(' 0 failures')]);
    await runSuccessfully(['destroy', 'broken'], { root });
  });
});

test('purge leaves nothing of it all', async () => {
  await define('last');
  await runSuccessfully(['purge', '--yes'], { root });
  const left = ['/etc/tslxc', '/var/lib/tslxc', '/var/log/tslxc'];
  expect(left.filter((path) => existsSync(path))).toEqual([]);
  // But for what all roots of the host share until the next boot.
  const locked = ['cgroups', 'networks', 'partitions', 'ports', 'projects'];
  const locks = locked.map((name) => `${name}.lock`);
  const shared = ['categories', 'id-roots', 'images', 'links', 'ports', ...locks];
  const stays = existsSync('/run/tslxc') ? readdirSync('/run/tslxc') : [];
  expect(stays.filter((name) => !shared.includes(name))).toEqual([]);
  expect(await runSuccessfully(['purge', '--print'], { root })).not.toContain('/run/tslxc');
  expect(existsSync('/sys/fs/cgroup/libvirt')).toBe(false);
});

/** For a line of a unit: systemd.syntax(7). */
function quoted(word: string): string {
  return word
    .replaceAll('\\', '\\\\')
    .replaceAll('"', '\\"')
    .replaceAll('\n', '\\n')
    .replaceAll('%', '%%')
    .replaceAll('$', '$$$$');
}
