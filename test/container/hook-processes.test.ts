/** What runs of a script is ended with its caller, with its time, and when the caller aborts; and only what is root's alone runs. */
import { chmodSync, chownSync, lchownSync, readFileSync, renameSync, symlinkSync } from 'node:fs';
import { dirname, join } from 'node:path';
import { spawn } from 'node:child_process';
import type { Domain } from 'tslxc';
import { domainXml } from '../support/domain/domain-xml';
import { HookScripts } from '../support/domain/hook-scripts';
import { StuckFolder } from '../support/fake/stuck-folder';
import { hasEnded } from '../support/process/processes';
import { commandEnvironment, commandLine } from '../support/process/run-command';
import { eventually, slowness } from '../support/time/eventually';
import { timed } from '../support/time/timed';
import { containerTest, rootAndConnection } from '../support/world/container-test';
import { expectGone } from '../support/world/container-traces';

const name = 'hook-processes';

const world = containerTest(rootAndConnection);

let domain: Domain;
let scripts: HookScripts;

beforeEach(async () => {
  domain = await world.connection.defineDomain(domainXml({ name }));
  scripts = new HookScripts(world.root);
});

/** A script that starts a process of a session of its own, and waits for ever. What it returns throws until both run. */
function addWithDaemon(operation: string): () => number[] {
  const pids = scripts.file('pids');
  const daemon = `setsid sleep 1000 </dev/null >/dev/null 2>&1 & echo $$ $! > ${pids}`;
  scripts.add('lxc', `[ "$2" != ${operation} ] || { ${daemon}; sleep 1000; }`);
  return () => {
    const found = readFileSync(pids, 'utf8').trim().split(' ').map(Number);
    expect(found).toHaveLength(2);
    return found;
  };
}

async function expectEnded(pids: readonly number[]): Promise<void> {
  await eventually(() => expect(pids.filter((pid) => !hasEnded(pid))).toEqual([]));
}

test('a caller that is killed takes along the script and all that it has started', async () => {
  const bothRunning = addWithDaemon('prepare');
  const [program = '', ...words] = commandLine('start', name);
  const env = commandEnvironment(world.root.path);
  const caller = spawn(program, words, { env, stdio: 'ignore' });
  const pids = await eventually(bothRunning);
  caller.kill('SIGKILL');
  await expectEnded(pids);
});

test('one whose time is over takes along what has left its process group', async () => {
  scripts.setting('hook_timeout = 1');
  const bothRunning = addWithDaemon('start');
  // On a busy machine a script may not have come that far in its second; then it is given another one.
  const pids = await eventually(async () => {
    await expect(domain.start()).rejects.toMatchObject({
      code: 'HOOK_SCRIPT_FAILED',
      message: expect.stringContaining('was killed after 1 s') as string,
    });
    return bothRunning();
  });
  await expectEnded(pids);
});

test('the caller’s signal ends it, and the start with it', async () => {
  const bothRunning = addWithDaemon('prepare');
  const abort = new AbortController();
  const aborted = expect(domain.start({ signal: abort.signal })).rejects.toMatchObject({
    code: 'OPERATION_ABORTED',
  });
  const pids = await eventually(bothRunning);
  abort.abort();
  await aborted;
  await expectEnded(pids);
  await expectGone(name);
});

test('one that is out of reach of SIGKILL is not waited for', async () => {
  await using stuck = await StuckFolder.mount();
  scripts.setting('hook_timeout = 1');
  scripts.add('lxc', `[ "$2" != start ] || stat ${stuck.path}/file`);
  const [, took] = await timed(
    expect(domain.start()).rejects.toMatchObject({
      code: 'HOOK_SCRIPT_FAILED',
      message: expect.stringContaining('was to be killed after 1 s, and has not ended') as string,
    }),
  );
  expect(took).toBeLessThan(10_000 * slowness);
  await expectGone(name);
  await stuck.release();
});

/** Puts a link in the place of the script, which is then in a folder of root's own. */
function linkElsewhere(path: string): void {
  const elsewhere = join(scripts.folder('elsewhere'), 'script');
  renameSync(path, elsewhere);
  symlinkSync(elsewhere, path);
}

test.each([
  ['the script is another user’s', (path: string) => chownSync(path, 1, 0)],
  ['its folder is another user’s', (path: string) => chownSync(dirname(path), 1, 0)],
  ['its group may write its folder', (path: string) => chmodSync(dirname(path), 0o775)],
  ['others may add to its folder', (path: string) => chmodSync(dirname(path), 0o1777)],
  ['a folder above is another user’s', (path: string) => chownSync(dirname(dirname(path)), 1, 0)],
  [
    'it is a link into a folder of another user',
    (path: string) => {
      const elsewhere = scripts.folder('elsewhere');
      renameSync(path, join(elsewhere, 'script'));
      symlinkSync(join(elsewhere, 'script'), path);
      chownSync(elsewhere, 1, 0);
    },
  ],
  [
    'it is a link in a folder of another user, to a script of root’s',
    (path: string) => {
      linkElsewhere(path);
      chownSync(dirname(path), 1, 0);
    },
  ],
  [
    'it is a link in a folder that its group may write, to a script of root’s',
    (path: string) => {
      linkElsewhere(path);
      chmodSync(dirname(path), 0o775);
    },
  ],
  [
    'it is a link in a folder below one of another user, to a script of root’s',
    (path: string) => {
      linkElsewhere(path);
      chownSync(dirname(dirname(path)), 1, 0);
    },
  ],
  [
    'it is a link of another user',
    (path: string) => {
      linkElsewhere(path);
      lchownSync(path, 1, 0);
    },
  ],
])('none runs where %s', async (_what, change) => {
  change(scripts.add('lxc.d/10-script'));
  await expect(domain.start()).rejects.toMatchObject({
    code: 'HOOK_SCRIPT_FAILED',
    message: expect.stringContaining('may be changed by others than root') as string,
  });
  expect(scripts.calls()).toEqual([]);
  await expectGone(name);
});

test('one that is a link to a script of root’s runs', async () => {
  linkElsewhere(scripts.add('lxc'));
  await domain.start();
  await domain.destroy();
  expect(scripts.calls()).toHaveLength(5);
});
