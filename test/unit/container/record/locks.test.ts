/** One operation on a domain at a time: within this process in the order of the calls, and across processes. */
import { type ChildProcess, spawn } from 'node:child_process';
import { once } from 'node:events';
import { existsSync, mkdtempSync, rmSync, statSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { createInterface } from 'node:readline';
import { setTimeout as sleep } from 'node:timers/promises';
import { lockDomain, withReaperLock } from '../../../../lib/container/record/locks';
import { packageRoot } from '../../../../lib/host/package-paths';
import { statePaths } from '../../../../lib/host/state/state-paths';
import type { StatePaths } from '../../../../lib/host/state/state-paths';
import { source } from '../../driver/source-child';

async function withDomainLock<T>(
  at: StatePaths,
  name: string,
  action: () => Promise<T>,
): Promise<T> {
  using _lock = await lockDomain(at, name);
  return await action();
}

const root = mkdtempSync(join(tmpdir(), 'tslxc-lock-'));
const paths = statePaths(root);
const children: ChildProcess[] = [];

afterAll(async () => {
  for (const child of children) {
    if (child.exitCode !== null || child.signalCode !== null) continue;
    const ended = once(child, 'exit');
    child.kill('SIGKILL');
    await ended;
  }
  rmSync(root, { recursive: true });
});

/** Another process that locks a domain and says so; it lets go when a line is written to it, or when it dies. */
class Other {
  readonly child: ChildProcess;
  readonly #lines: NodeJS.AsyncIterator<string>;

  constructor(name: string) {
    const hook = join(packageRoot, 'test/support/source/compile-on-require.js');
    const code = `
      const { lockDomain } = require(${source('container/record/locks.ts')});
      const { statePaths } = require(${source('host/state/state-paths.ts')});
      const { once } = require('node:events');
      console.log('asks');
      lockDomain(statePaths(${JSON.stringify(root)}), ${JSON.stringify(name)}).then(async () => {
        console.log('holds');
        await once(process.stdin, 'data');
        console.log('lets go');
        process.exit();
      });`;
    const child = spawn(process.execPath, ['-r', hook, '-e', code], {
      stdio: ['pipe', 'pipe', 'inherit'],
    });
    this.child = child;
    this.#lines = createInterface({ input: child.stdout })[Symbol.asyncIterator]();
    children.push(child);
  }

  /** The next thing that it says. */
  async says(): Promise<string> {
    const line = await this.#lines.next();
    return String(line.value);
  }

  letGo(): void {
    this.child.stdin?.write('\n');
  }
}

async function holder(name: string): Promise<Other> {
  const other = new Other(name);
  expect([await other.says(), await other.says()]).toEqual(['asks', 'holds']);
  return other;
}

test('within a process the actions run one after another, in the order of the calls', async () => {
  const log: string[] = [];
  const action = (name: string) => async (): Promise<void> => {
    log.push(`${name} begins`);
    await sleep(5);
    log.push(`${name} ends`);
  };
  await Promise.all(['a', 'b', 'c'].map((name) => withDomainLock(paths, 'web', action(name))));
  expect(log).toEqual(['a', 'b', 'c'].flatMap((name) => [`${name} begins`, `${name} ends`]));
});

test('an action that fails lets the next one go', async () => {
  const failing = withDomainLock(paths, 'web', () => Promise.reject(new Error('no')));
  const next = withDomainLock(paths, 'web', () => Promise.resolve('done'));
  await expect(failing).rejects.toThrow('no');
  expect(await next).toBe('done');
});

test('other domains, other roots and the reaper are not waited for', async () => {
  const elsewhere = statePaths(mkdtempSync(join(root, 'other-')));
  const done: string[] = [];
  await withDomainLock(paths, 'web', async () => {
    await withDomainLock(paths, 'db', async () => {
      await withDomainLock(elsewhere, 'web', () => Promise.resolve(void done.push('other root')));
      await withReaperLock(paths, () => Promise.resolve(void done.push('reaper')));
    });
    done.push('other domain');
  });
  expect(done).toEqual(['other root', 'reaper', 'other domain']);
});

test('a reaper does not make a root again that is gone', async () => {
  const gone = statePaths(join(root, 'gone'));
  const action = jest.fn(() => Promise.resolve('done'));
  expect(await withReaperLock(gone, action)).toBeUndefined();
  expect(action).not.toHaveBeenCalled();
  expect(existsSync(gone.root)).toBe(false);
});

test('another process that holds the lock is waited for', async () => {
  const other = await holder('web');
  let state = 'waiting';
  const mine = withDomainLock(paths, 'web', () => Promise.resolve((state = 'locked')));
  await withDomainLock(paths, 'db', () => Promise.resolve());
  await sleep(100);
  expect(state).toBe('waiting');
  other.letGo();
  expect(await other.says()).toBe('lets go');
  expect(await mine).toBe('locked');
});

test('another process waits for this one', async () => {
  const other = new Other('web');
  await withDomainLock(paths, 'web', async () => {
    expect(await other.says()).toBe('asks');
    const word = other.says();
    const silence = sleep(150).then(() => 'silence');
    expect(await Promise.race([word, silence])).toBe('silence');
    void word.then((said) => expect(said).toBe('holds'));
  });
  other.letGo();
  expect(await other.says()).toBe('lets go');
});

test('the lock dies with its holder', async () => {
  const other = await holder('web');
  const mine = withDomainLock(paths, 'web', () => Promise.resolve('locked'));
  other.child.kill('SIGKILL');
  expect(await mine).toBe('locked');
});

test('the file stays, so that it never has two holders', async () => {
  const before = statSync(paths.locks).ino;
  await withDomainLock(paths, 'web', () => Promise.resolve());
  expect(statSync(paths.locks).ino).toBe(before);
  expect(statSync(paths.locks).mode & 0o777).toBe(0o600);
});
