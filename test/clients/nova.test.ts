/** OpenStack Nova's own libvirt driver makes, uses and removes an instance: all of Nova that stands on a compute node. */
import { chmodSync, mkdirSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { makeRoot } from 'tslxc';
import { clientEnvironment, rootAndDaemon } from '../support/clients/client-world';
import { runProgram } from '../support/process/run-command';
import { containerTest } from '../support/world/container-test';

const world = containerTest(rootAndDaemon);

const script = join(__dirname, '../support/clients/nova-driver.py');

/** Says that it is there, and ends when it is told to. */
const init = `#!/bin/sh
trap 'exit 0' TERM
echo "$product_name is ready"
while true; do sleep 1; done
`;

/** An image, as a cloud has it: a file system in a file. */
async function makeImage(folder: string): Promise<string> {
  const tree = join(folder, 'tree');
  await makeRoot(tree);
  mkdirSync(join(tree, 'sbin'));
  writeFileSync(join(tree, 'sbin/init'), init);
  chmodSync(join(tree, 'sbin/init'), 0o755);
  const image = join(folder, 'image');
  const made = await runProgram(['mkfs.ext4', '-q', '-d', tree, image, '32M']);
  expect([made.code, made.stderr]).toEqual([0, '']);
  return image;
}

/** Nova's numbers of states. */
const [running, paused, shutOff] = [1, 3, 4];

test('an instance is spawned from an image, used, rebooted and destroyed', async () => {
  const { path } = world.root;
  const folder = join(path, 'nova');
  mkdirSync(folder);
  const argv = ['/usr/bin/python3', script, folder, await makeImage(path)];
  const { code, stdout, stderr } = await runProgram(argv, {
    env: clientEnvironment,
    timeout: 300_000,
  });
  const steps = stdout
    .split('\n')
    .filter((line) => line.startsWith('{'))
    .map((line) => JSON.parse(line) as Readonly<Record<string, unknown>>);
  expect([code, code === 0 ? '' : stderr]).toEqual([0, '']);
  const name = 'instance-00000001';
  expect(steps).toEqual([
    {
      step: 'host',
      type: 'LXC',
      kinds: expect.arrayContaining([['x86_64', 'lxc', 'exe']]) as unknown,
      vcpus: expect.any(Number) as number,
      memory: expect.any(Number) as number,
      instances: 0,
      uptime: true,
    },
    {
      step: 'spawn',
      state: running,
      names: [name],
      uuids: ['6ba7b811-9dad-11d1-80b4-00c04fd430c8'],
      // The container has it, and the host no more.
      mounted: [],
      shares: 512,
    },
    { step: 'console', ready: true },
    { step: 'diagnostics', state: 'running', driver: 'libvirt' },
    { step: 'pause', paused, unpaused: running },
    // What Nova calls so is a memory image of a machine, which a container does not have.
    {
      step: 'suspend',
      refused: [3, 'this function is not supported by the connection driver: virDomainManagedSave'],
      state: running,
    },
    { step: 'reboot', kind: 'SOFT', state: running, again: true },
    { step: 'reboot', kind: 'HARD', state: running, again: true },
    { step: 'power', off: shutOff, on: running, names: [name] },
    { step: 'destroy', names: [], mounted: [], left: false },
    {
      step: 'events',
      told: expect.arrayContaining(['Started', 'Paused', 'Resumed']) as string[],
    },
  ]);
});
