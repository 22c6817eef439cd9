/** The hello-world container on a kernel with cgroup v2 alone: it lives there, is limited there, and is gone. */
import { mkdtempSync, readFileSync, readdirSync, rmSync } from 'node:fs';
import { join } from 'node:path';
import { connect } from 'tslxc';
import { ConsoleSession } from '../support/console/console-session';
import { expectGone, initOf } from '../support/world/container-traces';
import { helloWorldXml } from '../support/domain/domain-xml';
import { containerTest } from '../support/world/container-test';
import { runProgram } from '../support/process/run-command';
import { makeTestRoot } from '../support/root/test-root';

const name = 'helloworld';
const cgroup = '/sys/fs/cgroup/libvirt/lxc/helloworld';
const patience = 60_000;

const domain = containerTest(async (keep) => {
  keep(() => expectGone(name));
  const root = keep(await makeTestRoot());
  const connection = keep(await connect('lxc:///', { root: root.path }));
  const domain = await connection.defineDomain(helloWorldXml);
  await domain.start();
  return domain;
});

/** What a program says, with its exit code. */
async function tryProgram(...argv: readonly string[]): Promise<{ code: number; text: string }> {
  const { code, stdout, stderr } = await runProgram(argv);
  return { code, text: stdout + stderr };
}

test('it starts, answers on its console, and its exit is recorded', async () => {
  using console_ = await ConsoleSession.open(domain);
  console_.enter('echo answer=$((6 * 7))');
  await console_.expect(/answer=42/, patience);
  console_.enter('exit 3');
  await console_.end(patience);
  expect(await domain.wait()).toMatchObject({ how: 'exited', code: 3 });
  expect(await domain.state()).toMatchObject({ state: 'shutoff', reason: 'shutdown' });
});

test('it is in its v2 cgroup, has the memory limit of its definition, and sees itself as the root', async () => {
  expect(readFileSync(join(cgroup, 'memory.max'), 'utf8')).toBe(`${102400 * 1024}\n`);
  expect(readFileSync(join(cgroup, 'cgroup.procs'), 'utf8')).toBe(`${await initOf(name)}\n`);
  using console_ = await ConsoleSession.open(domain);
  console_.enter('cat /proc/self/cgroup /sys/fs/cgroup/cgroup.procs; echo end=$((1 + 1))');
  const [seen] = await console_.expect(/0::[^]*end=2/, patience);
  expect(seen).toMatch(/^0::\/\r\n1\r\n\d+\r\nend=2/);
});

test('its limit is in force: what takes more memory is killed', async () => {
  using console_ = await ConsoleSession.open(domain);
  console_.enter(`python3 -c 'print(len(bytearray(${200 * 1024 * 1024})))'; echo end=$?`);
  await console_.expect(/end=137/, patience);
  expect(readFileSync(join(cgroup, 'memory.events'), 'utf8')).toMatch(/^oom_kill 1$/m);
});

describe('a device node on the shared root', () => {
  let folder: string;

  beforeEach(async () => {
    folder = mkdtempSync('/var/tmp/vmtest-nodes-');
    for (const [node, minor] of [
      ['allowed', '5'],
      ['refused', '11'],
    ] as const) {
      const made = await tryProgram('mknod', join(folder, node), 'c', '1', minor);
      expect(made).toEqual({ code: 0, text: '' });
    }
  });

  afterEach(() => rmSync(folder, { recursive: true }));

  test('that is not allowed can’t be opened inside, by the cgroup’s program alone', async () => {
    const attempt = (node: string): string =>
      `head -c 0 ${join(folder, node)} && echo ${node}=open || echo ${node}=shut`;
    using console_ = await ConsoleSession.open(domain);
    console_.enter(attempt('allowed'));
    await console_.expect(/\nallowed=open/, patience);
    console_.enter(attempt('refused'));
    await console_.expect(/Operation not permitted[^]*\nrefused=shut/, patience);
    // The same mounts and the same root, but not the same cgroup: there it opens.
    const init = String(await initOf(name));
    const outside = ['nsenter', '--target', init, '--mount', 'sh', '-c', attempt('refused')];
    expect(await tryProgram(...outside)).toEqual({ code: 0, text: 'refused=open\n' });
  });
});

test('destroyed, it leaves neither cgroup nor state', async () => {
  await domain.destroy();
  await expectGone(name);
  const entries = readdirSync('/sys/fs/cgroup/libvirt/lxc', { withFileTypes: true });
  expect(entries.filter((entry) => entry.isDirectory())).toEqual([]);
  expect(await domain.state()).toMatchObject({ state: 'shutoff', reason: 'destroyed' });
});
