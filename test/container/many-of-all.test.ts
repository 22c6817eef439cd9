/** More file systems and descriptors than a byte can number, and more words than a monitor takes. */
import { constants } from 'node:os';
import { closeSync, openSync } from 'node:fs';
import type { DomainSpec, TslxcError } from 'tslxc';
import { makeBusyboxRoot } from '../support/root/busybox-root';
import { containerTest, rootAndConnection } from '../support/world/container-test';

const world = containerTest(async (keep) => {
  const tree = keep(await makeBusyboxRoot(['ls', 'wc', 'grep', 'sleep']));
  return { tree, ...(await rootAndConnection(keep)) };
});

const spec = (): DomainSpec => ({
  name: 'many-of-all',
  memory: '256MiB',
  root: world.tree.path,
  init: '/bin/sleep',
  args: ['100000'],
});

const tooMany = 'x'.repeat(1024 * 1024);
const tooLarge = {
  code: 'SYSTEM_ERROR',
  errno: constants.errno.E2BIG,
  domain: 'many-of-all',
  step: 'hand over the plan',
  message: expect.stringMatching(
    /^what is to be done takes \d{7} bytes with all arguments, .*: E2BIG, argument list too long$/,
  ) as string,
};

function failure(promise: PromiseLike<unknown>): Promise<TslxcError> {
  return Promise.resolve(promise).then(
    () => Promise.reject(new Error('it was taken')),
    (error: unknown) => error as TslxcError,
  );
}

test('a container gets 300 file systems, and 300 descriptors of its caller', async () => {
  const mounts = Array.from({ length: 300 }, (_, index) => ({
    type: 'ram' as const,
    target: `/many/${index}`,
    size: '64KiB' as const,
  }));
  const passDescriptors = mounts.map(() => openSync(world.tree.path, 'r'));
  const domain = await world.connection.createDomain({ ...spec(), mounts }, { passDescriptors });
  passDescriptors.forEach((descriptor) => closeSync(descriptor));
  const seen = await domain.exec(['sh', '-c', 'grep -c " /many/" /proc/mounts; ls /proc/1/fd']);
  const [mounted, ...descriptors] = seen.stdout.trim().split('\n');
  expect([mounted, descriptors.length]).toEqual(['300', 303]);
  await domain.destroy();
});

test('a command with more words than a monitor takes is refused, and the next one is run', async () => {
  const domain = await world.connection.createDomain(spec());
  const words = Array.from({ length: 5 }, () => tooMany);
  expect(await failure(domain.exec(['true', ...words]))).toMatchObject(tooLarge);
  expect(await domain.exec(['sh', '-c', 'echo here'])).toMatchObject({ stdout: 'here\n' });
  await domain.destroy();
});

test('a start with more words than a monitor takes is refused, and leaves nothing', async () => {
  const args = Array.from({ length: 5 }, () => tooMany);
  const refused = await failure(world.connection.createDomain({ ...spec(), args }));
  expect(refused).toMatchObject(tooLarge);
});
