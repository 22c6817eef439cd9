/** How long a freeze waits, on files like those of a v2 cgroup that never stands still. */
import { mkdirSync, mkdtempSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { freeze } from '../../lib/container/cgroups/freezer';
import type { StartRecord } from '../../lib/container/record/run-state';

let mount: string;
let path: string;

beforeEach(() => {
  mount = mkdtempSync('/var/tmp/tslxc-freezer-');
  path = join(mount, 'web');
  mkdirSync(path);
  writeFileSync(join(path, 'cgroup.freeze'), '0');
  writeFileSync(join(path, 'cgroup.events'), 'frozen 0\n');
});

afterEach(() => rmSync(mount, { recursive: true }));

async function freezeWeb(isInitKilled: () => boolean): Promise<{ error: unknown; took: number }> {
  const undo = [{ undo: 'removeCgroups', paths: [path], owner: 'web' }];
  const start = { name: 'web', undo } as unknown as StartRecord;
  const began = performance.now();
  const frozen = freeze(
    start,
    { hierarchies: [], unified: { mount, controllers: [] } },
    isInitKilled,
  );
  const error = await frozen.then(
    () => undefined,
    (cause: unknown) => cause,
  );
  return { error, took: performance.now() - began };
}

test('it does not wait for a container whose init is killed: its monitor has thawed it, to end it', async () => {
  let looks = 0;
  const { error } = await freezeWeb(() => (looks += 1) === 3);
  expect(error).toBeUndefined();
  expect(looks).toBe(3);
});

test('what can not be stopped while init lives is an error after five seconds, and goes on', async () => {
  const { error, took } = await freezeWeb(() => false);
  expect(error).toMatchObject({
    code: 'SYSTEM_ERROR',
    syscall: 'read',
    path: join(path, 'cgroup.events'),
  });
  expect(took).toBeGreaterThan(4900);
  expect(readFileSync(join(path, 'cgroup.freeze'), 'latin1')).toBe('0');
}, 20_000);
