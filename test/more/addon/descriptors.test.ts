/** No call leaves a descriptor behind, well or failed, and every one is closed at an exec. */
import { existsSync } from 'node:fs';
import { native } from '../../../lib/host/native';
import { failureOf } from '../../addon/failure';
import { runNode } from '../../addon/node-child';

describe('closeDescriptor', () => {
  test('the descriptor is gone', () => {
    const fd = native().sealedCopy('/bin/true');
    expect(existsSync(`/proc/self/fd/${fd}`)).toBe(true);
    native().closeDescriptor(fd);
    expect(existsSync(`/proc/self/fd/${fd}`)).toBe(false);
  });

  test('what is not open is EBADF', () => {
    expect(failureOf(() => native().closeDescriptor(9999))).toEqual({
      errno: 'EBADF',
      syscall: 'close',
    });
  });
});

/** How many descriptors a thousand calls leave behind, in a process of their own. */
async function leaked(code: string): Promise<unknown> {
  const { stdout } = await runNode(`
    const shell = fs.openSync('/bin/sh', 'r');
    const lock = fs.openSync('/var/tmp', 'r');
    const root = fs.openSync('/', 'r');
    const quiet = async (promise) => { try { return await promise; } catch {} };
    const attempt = (call) => { try { return call(); } catch {} };
    const close = (...fds) => fds.forEach((fd) => fs.closeSync(fd));
    const call = async () => { ${code} };
    const count = () => fs.readdirSync('/proc/self/fd').length;
    for (let i = 0; i < 10; i++) await call();
    const before = count();
    for (let i = 0; i < 1000; i++) await call();
    console.log(JSON.stringify(count() - before));`);
  return JSON.parse(stdout);
}

test.each([
  [
    'makeFilesystem',
    `close(addon.makeFilesystem('tmpfs', [], 0));
    attempt(() => addon.makeFilesystem('tmpfs', ['size=x'], 0));`,
  ],
  [
    'openInRoot',
    `close(addon.openInRoot(lock, '.', 0)); attempt(() => addon.openInRoot(lock, 'none', 0));`,
  ],
  ['sealedCopy', `close(addon.sealedCopy('/bin/true')); attempt(() => addon.sealedCopy('/'));`],
  ['openPty', `const { master, slave } = addon.openPty(); close(master, slave);`],
  [
    'makeFifos',
    `close(...addon.makeFifos(2, []).flat()); attempt(() => addon.makeFifos(1, ['nonsense=1']));`,
  ],
  ['makeNull', `close(addon.makeNull([])); attempt(() => addon.makeNull(['nonsense=1']));`],
  ['openPidfd', `close(addon.openPidfd(process.pid)); attempt(() => addon.openPidfd(1 << 22));`],
  [
    'waitPidfd',
    `const fd = addon.openPidfd(process.pid); await addon.waitPidfd(fd, 0); close(fd);`,
  ],
  ['flock', `await addon.flock(lock, 'shared'); await quiet(addon.flock(1e6, 'shared'));`],
  ['listLinks', `await addon.listLinks(); await quiet(addon.listLinks(shell));`],
  ['listAddresses', `await addon.listAddresses(); await quiet(addon.listAddresses(shell));`],
  ['listRoutes', `await addon.listRoutes(); await quiet(addon.listRoutes(shell));`],
  ['listNeighbours', `await addon.listNeighbours(); await quiet(addon.listNeighbours(shell));`],
  ['deleteLink', `await quiet(addon.deleteLink('none-such'));`],
  [
    'removeCgroups',
    `await addon.removeCgroups(['/nowhere'], 0); await quiet(addon.removeCgroups(['/proc'], 0));`,
  ],
  ['killCgroups', `await addon.killCgroups(['/nowhere'], 0);`],
  [
    'applyCgroupSteps',
    `await quiet(addon.applyCgroupSteps([{ step: 'devices', path: '/tmp', rules: [] }]));`,
  ],
  ['sendDatagram', `attempt(() => addon.sendDatagram('/nowhere', 'x'));`],
  [
    'runOperations',
    `await addon.runOperations(new Uint8Array(4), { join: [], unshare: 0x04000000 });`,
  ],
])('%s leaves none', async (_, code) => {
  expect(await leaked(code)).toBe(0);
});

test('startMonitor leaves none', async () => {
  const code = `
    const request = { executable: shell, argv: ['sh', '-c', 'exit 0'], cgroups: [],
      leafCgroup: lock, plan: new Uint8Array(10), descriptors: [lock, shell] };
    close(await addon.startMonitor(request));
    await quiet(addon.startMonitor({ ...request, argv: ['sh', '-c', 'exit 1'] }));`;
  expect(await leaked(code)).toBe(0);
});

test('instructMonitor leaves none', async () => {
  const code = `
    const request = { executable: shell, argv: ['sh', '-c', 'read line <&3 &'], cgroups: [],
      leafCgroup: -1, plan: new Uint8Array(0), descriptors: [] };
    const fd = await addon.startMonitor(request);
    await addon.instructMonitor(fd, { plan: new Uint8Array(10), cgroups: [] });
    const cgroups = [{ step: 'make', path: '/nowhere/below', existing: 'shared' }];
    await quiet(addon.instructMonitor(fd, { plan: new Uint8Array(10), cgroups }));
    close(fd);`;
  expect(await leaked(code)).toBe(0);
});

test('every descriptor is closed at an exec', async () => {
  const { stdout } = await runNode(`
    const { master, slave } = addon.openPty();
    const channel = await addon.startMonitor({ executable: fs.openSync('/bin/sh', 'r'),
      argv: ['sh', '-c', ':'], cgroups: [], leafCgroup: -1, plan: new Uint8Array(),
      descriptors: [] });
    const opened = { master, slave, channel,
      filesystem: addon.makeFilesystem('tmpfs', [], 0),
      file: addon.openInRoot(fs.openSync('/', 'r'), 'etc/passwd', fs.constants.O_RDONLY),
      copy: addon.sealedCopy('/bin/true'),
      pidfd: addon.openPidfd(process.pid) };
    const kept = Object.entries(opened).filter(([, fd]) => {
      const [, flags] = /flags:\\s*(\\d+)/.exec(fs.readFileSync('/proc/self/fdinfo/' + fd, 'utf8'));
      return (parseInt(flags, 8) & 0o2000000) === 0;
    });
    console.log(JSON.stringify(kept));`);
  expect(JSON.parse(stdout)).toEqual([]);
});
