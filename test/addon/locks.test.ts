/** flock(2), and byte locks of an open file description. */
import { writeFileSync } from 'node:fs';
import { native } from '../../lib/host/native';
import { eventually } from '../support/time/eventually';
import { failureOf, rejectionOf } from './failure';
import { nodeWords, runNode } from './node-child';
import { Scratch, badDescriptor, ended, pathOnly, printed } from './scratch';

const scratch = new Scratch();
const path = scratch.at('lock');
writeFileSync(path, '');

afterAll(() => scratch.dispose());

const open = (): number => scratch.open(path, 'r+');

/** A process that holds a lock until it dies. */
async function holder(lock: string): Promise<ReturnType<Scratch['start']>> {
  const child = scratch.start(
    ...nodeWords(`
      const fd = fs.openSync('${path}', 'r+');
      ${lock};
      console.log('held');
      setInterval(() => {}, 1000);`),
  );
  expect(await printed(child)).toBe('held\n');
  return child;
}

describe('flock', () => {
  test('it waits for a holder in another process, and the lock dies with that', async () => {
    const child = await holder(`await addon.flock(fd, 'exclusive')`);
    const fd = open();
    let locked = false;
    const lock = native()
      .flock(fd, 'exclusive')
      .then(() => (locked = true));
    expect(native().tryFlock(fd, 'shared')).toBe(false);
    expect(locked).toBe(false);
    await ended(child);
    await lock;
    expect(native().tryFlock(open(), 'shared')).toBe(false);
    scratch.close(fd);
  });

  test('it waits no longer than is said, and is told from what it has got', async () => {
    const [held, other] = [open(), open()];
    expect(await native().flock(held, 'exclusive', 0)).toBe(true);
    expect(await native().flock(other, 'exclusive', 0)).toBe(false);
    expect(await native().flock(other, 'shared', 30)).toBe(false);
    const later = native().flock(other, 'exclusive', 60_000);
    scratch.close(held);
    expect(await later).toBe(true);
    expect(native().tryFlock(open(), 'shared')).toBe(false);
    scratch.close(other);
  });

  test('closing the descriptor unlocks it, at once', async () => {
    for (let round = 0; round < 100; round++) {
      const [fd, other] = [open(), open()];
      await native().flock(fd, 'exclusive');
      await native().lockByte(fd, 0);
      expect(native().tryFlock(other, 'exclusive')).toBe(false);
      scratch.close(fd);
      expect(native().tryFlock(other, 'exclusive')).toBe(true);
      expect(native().isByteLocked(other, 0)).toBe(false);
      scratch.close(other);
    }
  });

  test('shared ones are held together', async () => {
    const [a, b, other] = [open(), open(), open()];
    await native().flock(a, 'shared');
    await native().flock(b, 'shared');
    expect(native().tryFlock(other, 'exclusive')).toBe(false);
    // Each holds it: with one of them closed, the other one still does.
    scratch.close(a);
    expect(native().tryFlock(other, 'exclusive')).toBe(false);
    scratch.close(b);
    expect(native().tryFlock(other, 'exclusive')).toBe(true);
    scratch.close(other);
  });

  test('sixteen waiters leave the pool free for their holder', async () => {
    const held = open();
    await native().flock(held, 'exclusive');
    let locked = 0;
    const waiters = Array.from({ length: 16 }, async () => {
      const fd = open();
      await native().flock(fd, 'exclusive');
      locked += 1;
      scratch.close(fd);
    });
    // This is done by the pool, which has four threads.
    await native().removeCgroups([], 0);
    expect(locked).toBe(0);
    scratch.close(held);
    await Promise.all(waiters);
    expect(locked).toBe(16);
    const next = open();
    expect(native().tryFlock(next, 'exclusive')).toBe(true);
    scratch.close(next);
  });

  test('what is no descriptor is EBADF', async () => {
    expect(await rejectionOf(native().flock(badDescriptor, 'shared'))).toEqual({
      errno: 'EBADF',
      syscall: 'fcntl',
    });
  });

  test('an O_PATH descriptor is EBADF', async () => {
    expect(await rejectionOf(native().flock(scratch.open(path, pathOnly), 'shared'))).toEqual({
      errno: 'EBADF',
      syscall: 'flock',
    });
  });

  test('a wait keeps the process alive, and is no obstacle to its exit', async () => {
    const fd = open();
    await native().flock(fd, 'exclusive');
    const code = `
      await addon.flock(fs.openSync('${path}', 'r+'), 'shared');
      console.log('locked');`;
    const waiter = runNode(code);
    const leaver = await runNode(`
      for (let i = 0; i < 8; i++) addon.flock(fs.openSync('${path}', 'r+'), 'shared');
      setTimeout(() => process.exit(7), 50);`);
    expect(leaver).toMatchObject({ code: 7, signal: null });
    scratch.close(fd);
    expect(await waiter).toMatchObject({ code: 0, stdout: 'locked\n' });
  });
});

describe('tryFlock', () => {
  test('two open file descriptions of one process exclude each other', () => {
    const [a, b] = [open(), open()];
    expect(native().tryFlock(a, 'exclusive')).toBe(true);
    expect(native().tryFlock(b, 'exclusive')).toBe(false);
    expect(native().tryFlock(b, 'shared')).toBe(false);
    scratch.close(a);
    expect(native().tryFlock(b, 'exclusive')).toBe(true);
    scratch.close(b);
  });

  test('what is no descriptor is EBADF', () => {
    expect(failureOf(() => native().tryFlock(badDescriptor, 'shared'))).toEqual({
      errno: 'EBADF',
      syscall: 'flock',
    });
  });
});

describe('lockByte', () => {
  test('it waits for a holder in another process, and the lock dies with that', async () => {
    const child = await holder('await addon.lockByte(fd, 5)');
    const fd = open();
    const lock = native().lockByte(fd, 5);
    expect(native().isByteLocked(fd, 5)).toBe(true);
    expect(native().tryLockByte(fd, 6)).toBe(true);
    await ended(child);
    await lock;
    expect(native().isByteLocked(fd, 5)).toBe(false);
    expect(native().isByteLocked(open(), 5)).toBe(true);
    scratch.close(fd);
  });

  test('a descriptor that cannot write is EBADF', async () => {
    expect(await rejectionOf(native().lockByte(scratch.open(path, 'r'), 0))).toEqual({
      errno: 'EBADF',
      syscall: 'fcntl',
    });
  });
});

describe('tryLockByte', () => {
  test('each byte is a lock of its own', () => {
    const [a, b] = [open(), open()];
    expect(native().tryLockByte(a, 0)).toBe(true);
    expect(native().tryLockByte(b, 0)).toBe(false);
    expect(native().tryLockByte(b, 2 ** 40)).toBe(true);
    scratch.close(a);
    expect(native().tryLockByte(b, 0)).toBe(true);
    scratch.close(b);
  });

  test('an offset before the file is EINVAL', () => {
    expect(failureOf(() => native().tryLockByte(open(), -1))).toEqual({
      errno: 'EINVAL',
      syscall: 'fcntl',
    });
  });
});

describe('isByteLocked', () => {
  test('asking takes nothing, and the own lock is not another', async () => {
    const child = await holder('addon.tryLockByte(fd, 9)');
    const reader = scratch.open(path, 'r');
    expect(native().isByteLocked(reader, 9)).toBe(true);
    expect(native().isByteLocked(reader, 8)).toBe(false);
    await ended(child);
    await eventually(() => expect(native().isByteLocked(reader, 9)).toBe(false));
    const fd = open();
    expect(native().tryLockByte(fd, 9)).toBe(true);
    expect(native().isByteLocked(fd, 9)).toBe(false);
    scratch.close(fd);
  });

  test('what is no descriptor is EBADF', () => {
    expect(failureOf(() => native().isByteLocked(badDescriptor, 0))).toEqual({
      errno: 'EBADF',
      syscall: 'fcntl',
    });
  });
});

describe('tryLockByteShared', () => {
  test('a descriptor that only reads gets it beside others, and not beside a write lock', async () => {
    const reader = scratch.open(path, 'r');
    const other = scratch.open(path, 'r');
    expect(native().tryLockByteShared(reader, 21)).toBe(true);
    expect(native().tryLockByteShared(other, 21)).toBe(true);
    expect(native().tryLockByte(open(), 21)).toBe(false);
    const child = await holder('addon.tryLockByte(fd, 23)');
    expect(native().tryLockByteShared(reader, 23)).toBe(false);
    await ended(child);
    await eventually(() => expect(native().tryLockByteShared(reader, 23)).toBe(true));
  });

  test('what is no descriptor is EBADF', () => {
    expect(failureOf(() => native().tryLockByteShared(badDescriptor, 0))).toEqual({
      errno: 'EBADF',
      syscall: 'fcntl',
    });
  });
});

describe('isByteHeld', () => {
  test('a lock of another description is seen, of either kind, and the own one is not', () => {
    const [reader, other, writer] = [scratch.open(path, 'r'), scratch.open(path, 'r'), open()];
    expect(native().tryLockByteShared(reader, 31)).toBe(true);
    expect(native().tryLockByte(writer, 32)).toBe(true);
    expect([31, 32, 33].map((byte) => native().isByteHeld(other, byte))).toEqual([
      true,
      true,
      false,
    ]);
    expect(native().isByteHeld(reader, 31)).toBe(false);
    expect(native().isByteHeld(writer, 32)).toBe(false);
  });

  test('what is no descriptor is EBADF', () => {
    expect(failureOf(() => native().isByteHeld(badDescriptor, 0))).toEqual({
      errno: 'EBADF',
      syscall: 'fcntl',
    });
  });
});
