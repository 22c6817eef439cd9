/** Profiles by the kernel's files, here in a folder of their own, and by a parser that says what it was asked. */
import {
  chmodSync,
  existsSync,
  mkdirSync,
  mkdtempSync,
  readFileSync,
  rmSync,
  statSync,
  writeFileSync,
} from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import {
  loadProfile,
  profileMode,
  recordedProfiles,
  unloadProfile,
} from '../../../../../lib/container/security/apparmor/profile';
import { statePaths } from '../../../../../lib/host/state/state-paths';
import type { StatePaths } from '../../../../../lib/host/state/state-paths';

let folder: string;
let kernel: string;
let paths: StatePaths;
const path = process.env['PATH'];

beforeEach(() => {
  folder = mkdtempSync(join(tmpdir(), 'tslxc-profile-'));
  kernel = join(folder, 'apparmor');
  mkdirSync(kernel);
  paths = statePaths(folder);
});

afterEach(() => {
  process.env['PATH'] = path;
  rmSync(folder, { recursive: true });
});

/** Comes before the real one. */
function makeParser(script: string): void {
  const program = join(folder, 'apparmor_parser');
  writeFileSync(program, `#!/bin/sh\n${script}\n`);
  chmodSync(program, 0o755);
  process.env['PATH'] = `${folder}:${path}`;
}

test('the mode of a profile is the kernel’s, by its whole name', () => {
  const lines = ['a (complain)', 'a (b) (enforce)', '/usr/bin/x y//z (kill)', 'tslxc-1 (enforce)'];
  writeFileSync(join(kernel, 'profiles'), `${lines.join('\n')}\n`);
  const modes = ['a', 'a (b)', '/usr/bin/x y//z', 'tslxc-1', 'tslxc', 'b', ''].map((name) =>
    profileMode(name, kernel),
  );
  expect(modes).toEqual([
    'complain',
    'enforce',
    'kill',
    'enforce',
    undefined,
    undefined,
    undefined,
  ]);
});

test('without AppArmor no profile is loaded, and to unload one is no error', () => {
  expect(profileMode('a', join(folder, 'none'))).toBeUndefined();
  unloadProfile(paths, 'a', join(folder, 'none'));
  expect(existsSync(join(folder, 'none'))).toBe(false);
  expect(recordedProfiles(paths)).toEqual([]);
});

test('the text is kept for root alone while the parser loads it, and gone when it is unloaded', async () => {
  makeParser(`echo "$@" >${folder}/asked; cat "$3" >>${folder}/asked`);
  await loadProfile(paths, 'tslxc-1', 'profile tslxc-1 {}\n');
  const file = join(paths.run, 'apparmor/tslxc-1');
  expect(readFileSync(join(folder, 'asked'), 'utf8')).toBe(
    `--replace --skip-cache ${file}\nprofile tslxc-1 {}\n`,
  );
  expect(statSync(file).mode & 0o777).toBe(0o600);
  expect(recordedProfiles(paths)).toEqual(['tslxc-1']);
  writeFileSync(join(kernel, '.remove'), '');
  unloadProfile(paths, 'tslxc-1', kernel);
  expect(readFileSync(join(kernel, '.remove'), 'utf8')).toBe('tslxc-1');
  expect(recordedProfiles(paths)).toEqual([]);
});

test('what the parser says is the error’s, and the record stays for the process that unloads it', async () => {
  makeParser('echo "AppArmor parser error: too bad" >&2; exit 1');
  await expect(loadProfile(paths, 'tslxc-1', 'x')).rejects.toMatchObject({
    code: 'OPERATION_FAILED',
    message: expect.stringContaining('AppArmor parser error: too bad') as string,
    step: 'load the AppArmor profile tslxc-1',
  });
  expect(recordedProfiles(paths)).toEqual(['tslxc-1']);
});

test('a kernel that refuses to unload is an error, and the record stays', async () => {
  makeParser('exit 0');
  await loadProfile(paths, 'tslxc-1', 'x');
  mkdirSync(join(kernel, '.remove'));
  expect(() => unloadProfile(paths, 'tslxc-1', kernel)).toThrow(/EISDIR/);
  expect(recordedProfiles(paths)).toEqual(['tslxc-1']);
});
