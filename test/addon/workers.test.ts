/** T31. The addon in worker threads: several environments at once, and some that end while it waits. */
import { writeFileSync } from 'node:fs';
import { Worker } from 'node:worker_threads';
import { native } from '../../lib/host/native';
import { eventually } from '../support/time/eventually';
import { addonPath, runNode } from './node-child';
import { Scratch, pathOnly } from './scratch';

const scratch = new Scratch();
const path = scratch.at('lock');
writeFileSync(path, '');

afterAll(() => scratch.dispose());

/** Runs `code` in a worker; resolves with its first message. */
function message(code: string): Promise<{ worker: Worker; said: unknown }> {
  const worker = new Worker(
    `const { parentPort } = require('node:worker_threads');
     const addon = require(${JSON.stringify(addonPath)});
     const fs = require('node:fs');
     (async () => { ${code} })();`,
    { eval: true },
  );
  return new Promise((resolve, reject) => {
    worker.once('message', (said) => resolve({ worker, said }));
    worker.once('error', reject);
  });
}

test('workers use the addon at the same time as the main thread', async () => {
  const code = `
    const fd = fs.openSync('${path}', 'r+');
    await addon.flock(fd, 'shared');
    const links = await addon.listLinks();
    parentPort.postMessage([links.length > 0, addon.tryFlock(fd, 'shared')]);`;
  const all = await Promise.all(Array.from({ length: 4 }, () => message(code)));
  expect(all.map(({ said }) => said)).toEqual(Array.from({ length: 4 }, () => [true, true]));
  expect((await native().listLinks()).length).toBeGreaterThan(0);
  await Promise.all(all.map(({ worker }) => worker.terminate()));
});

test('eight workers that allocate all the time start processes, and none hangs', async () => {
  const code = `
    const executable = fs.openSync('/bin/sh', ${pathOnly});
    const churn = setInterval(() => Array.from({ length: 20000 }, (_, index) => ({ index })), 1);
    const argv = ['stage-zero', '-c', 'exit 0'];
    const request = { executable, argv, cgroups: [], leafCgroup: -1, plan: Buffer.alloc(100000), descriptors: [] };
    let started = 0;
    for (let round = 0; round < 25; round += 1) {
      addon.closeDescriptor(await addon.startMonitor(request));
      started += 1;
    }
    clearInterval(churn);
    fs.closeSync(executable);
    parentPort.postMessage(started);`;
  const all = await Promise.all(Array.from({ length: 8 }, () => message(code)));
  expect(all.map(({ said }) => said)).toEqual(Array.from({ length: 8 }, () => 25));
  await Promise.all(all.map(({ worker }) => worker.terminate()));
});

test('errors of a worker have their fields', async () => {
  const { worker, said } = await message(`
    addon.removeCgroups(['/proc/1'], 0).catch(({ errno, code, syscall, path }) =>
      parentPort.postMessage({ errno, code, syscall, path }));`);
  await worker.terminate();
  expect(said).toEqual({ errno: 1, code: 'EPERM', syscall: 'rmdir', path: '/proc/1' });
});

test('a worker that is terminated while it waits leaves no lock behind', async () => {
  const fd = scratch.open(path, 'r+');
  await native().flock(fd, 'exclusive');
  const waits = `
    const fd = fs.openSync('${path}', 'r+');
    addon.flock(fd, 'exclusive');
    addon.lockByte(fd, 0);
    parentPort.postMessage('waiting');`;
  const workers = await Promise.all(Array.from({ length: 4 }, () => message(waits)));
  await Promise.all(workers.map(({ worker }) => worker.terminate()));
  scratch.close(fd);
  const [next, other] = [scratch.open(path, 'r+'), scratch.open(path, 'r+')];
  await native().flock(next, 'exclusive');
  await native().lockByte(next, 0);
  expect(native().tryFlock(other, 'shared')).toBe(false);
  expect(native().isByteLocked(other, 0)).toBe(true);
  scratch.close(next);
  // Nor does one that is still waiting for a worker that is gone keep what it gets.
  await eventually(() => {
    expect(native().tryFlock(other, 'exclusive')).toBe(true);
    expect(native().isByteLocked(other, 0)).toBe(false);
  }, 1000);
  scratch.close(other);
});

test('what a terminated worker held is free at once, though it waited for more', async () => {
  const fd = scratch.open(path, 'r+');
  await native().flock(fd, 'exclusive');
  const { worker } = await message(`
    const fd = fs.openSync('${path}', 'r+');
    await addon.lockByte(fd, 3);
    addon.flock(fd, 'exclusive');
    parentPort.postMessage('waiting');`);
  expect(native().isByteLocked(fd, 3)).toBe(true);
  await worker.terminate();
  await eventually(() => expect(native().isByteLocked(fd, 3)).toBe(false), 1000);
  scratch.close(fd);
});

// Here no other environment keeps the addon's code mapped.
test('a wait outlives the only environment that had loaded the addon', async () => {
  const { code, signal, stdout } = await runNode(`
    // This process's own copy is a different file, so that the worker's is its only user.
    fs.copyFileSync('${addonPath}', '${scratch.at('copy.node')}');
    const { Worker } = require('node:worker_threads');
    const fd = fs.openSync('${path}', 'r+');
    await addon.flock(fd, 'exclusive');
    for (let round = 0; round < 5; round++) {
      const worker = new Worker(\`
        const copy = require('${scratch.at('copy.node')}');
        const fd = require('node:fs').openSync('${path}', 'r+');
        for (let i = 0; i < 4; i++) copy.flock(fd, 'exclusive');
        const pidfd = copy.openPidfd(process.pid);
        copy.waitPidfd(pidfd, 60);
        require('node:worker_threads').parentPort.postMessage('waiting');\`, { eval: true });
      await new Promise((resolve) => worker.once('message', resolve));
      await worker.terminate();
    }
    fs.closeSync(fd);
    await addon.flock(fs.openSync('${path}', 'r+'), 'exclusive');
    await new Promise((resolve) => setTimeout(resolve, 100));
    console.log('alive');`);
  expect({ code, signal, stdout }).toEqual({ code: 0, signal: null, stdout: 'alive\n' });
});

test('a worker that is terminated while the pool works for it ends quietly', async () => {
  const { code, signal, stdout } = await runNode(`
    const { Worker } = require('node:worker_threads');
    for (let round = 0; round < 10; round++) {
      const worker = new Worker(\`
        const addon = require('${addonPath}');
        for (let i = 0; i < 50; i++) {
          addon.listLinks();
          addon.applyCgroupSteps([{ step: 'write', path: '/nowhere', value: '' }]).catch(() => {});
          addon.waitPidfd(addon.openPidfd(process.pid), i % 3);
        }
        require('node:worker_threads').parentPort.postMessage('working');\`, { eval: true });
      await new Promise((resolve) => worker.once('message', resolve));
      await worker.terminate();
    }
    console.log('alive');`);
  expect({ code, signal, stdout }).toEqual({ code: 0, signal: null, stdout: 'alive\n' });
});
