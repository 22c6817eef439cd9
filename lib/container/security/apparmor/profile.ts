/** AppArmor profiles in the kernel: which are loaded, and one for each domain, loaded before its start and gone after its end. */
import { readdirSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { constants } from 'node:os';
import { join } from 'node:path';
import { errnoName, TslxcError } from '../../../errors';
import { fileError, hasErrno, naming } from '../../../host/state/file-error';
import { runProgram } from '../../../host/program';
import type { StatePaths } from '../../../host/state/state-paths';
import { makeOwnFolder } from '../../../host/state/own-folder';

const kernelFolder = '/sys/kernel/security/apparmor';

/** Before Linux 5.1 there is no folder of AppArmor’s own below `attr`. */
const currentAttributes = ['apparmor/current', 'current'];

const { ENOENT, EINVAL } = constants.errno;

/** Holds the texts of the loaded profiles, and thereby the list of what has to be unloaded. */
function profileFolder(paths: StatePaths): string {
  return join(paths.run, 'apparmor');
}

/** The names of the profiles that this root of tslxc has loaded, or was about to. */
export function recordedProfiles(paths: StatePaths): string[] {
  try {
    return readdirSync(profileFolder(paths)).sort();
  } catch (error) {
    if (hasErrno(error, ENOENT)) return [];
    throw fileError(error, 'list AppArmor profiles');
  }
}

/**
 * `enforce`, `complain`, `kill` or `unconfined` as the kernel lists it; undefined for a profile that is not loaded, and
 * where there is no AppArmor.
 */
export function profileMode(name: string, folder: string = kernelFolder): string | undefined {
  let text: string;
  try {
    text = readFileSync(join(folder, 'profiles'), 'utf8');
  } catch (error) {
    if (hasErrno(error, ENOENT)) return undefined;
    throw fileError(error, 'read the AppArmor profiles');
  }
  const line = text.split('\n').find((one) => one.startsWith(`${name} (`) && nameOf(one) === name);
  return line?.slice(name.length + 2, -1);
}

/** The name in a line `NAME (MODE)`; it may hold blanks and parentheses. */
function nameOf(line: string): string {
  return line.slice(0, line.lastIndexOf(' ('));
}

/**
 * Loads a profile, in place of one of that name. Its text is written first: if this process dies, the clean-up finds
 * what to unload.
 *
 * @throws TslxcError OPERATION_UNSUPPORTED without apparmor_parser, OPERATION_FAILED with its words
 */
export async function loadProfile(paths: StatePaths, name: string, text: string): Promise<void> {
  const folder = profileFolder(paths);
  const file = join(folder, name);
  const step = `load the AppArmor profile ${name}`;
  try {
    makeOwnFolder(folder);
    writeFileSync(file, text, { mode: 0o600 });
  } catch (error) {
    throw fileError(naming(file, error), step);
  }
  await runProgram({
    program: 'apparmor_parser',
    package: 'apparmor',
    args: ['--replace', '--skip-cache', file],
    step,
  });
}

/**
 * Unloads a profile, once no process has it any more: one that had would be unconfined. Does nothing for a profile that
 * is not loaded.
 *
 * @throws SyscallError when the kernel refuses
 */
export function unloadProfile(
  paths: StatePaths,
  name: string,
  folder: string = kernelFolder,
): void {
  try {
    // The file is never made: without AppArmor it does not exist.
    writeFileSync(join(folder, '.remove'), name, { flag: 'r+' });
  } catch (error) {
    if (!hasErrno(error, ENOENT)) throw fileError(error, `unload the AppArmor profile ${name}`);
  }
  rmSync(join(profileFolder(paths), name), { force: true });
}

/**
 * Asks the kernel whether this process may enter a profile, or a stack of them, without entering it. A process that is
 * itself confined needs a rule for that.
 *
 * @throws TslxcError OPERATION_DENIED naming both labels; SyscallError for anything else
 */
export function checkEntry(label: string): void {
  const step = 'ask AppArmor';
  for (const attribute of currentAttributes) {
    try {
      // That of this thread: no other thread's may be written.
      writeFileSync(`/proc/thread-self/attr/${attribute}`, `permprofile ${label}`, { flag: 'r+' });
      return;
    } catch (error) {
      if (hasErrno(error, ENOENT) && attribute !== currentAttributes.at(-1)) continue;
      if (hasErrno(error, ENOENT) || hasErrno(error, EINVAL)) throw fileError(error, step);
      throw refusedEntry(label, attribute, error);
    }
  }
}

function refusedEntry(label: string, attribute: string, cause: unknown): TslxcError {
  const own = readFileSync(`/proc/thread-self/attr/${attribute}`, 'utf8').trim();
  const errno = Math.abs(Number((cause as { errno?: unknown }).errno));
  const detail =
    `a process of the AppArmor profile '${own}' may not execute another as '${label}': ` +
    `${errnoName(errno)}; its profile needs the rule 'change_profile -> ${label},'`;
  return new TslxcError('OPERATION_DENIED', detail, { errno, step: 'enter an AppArmor profile' });
}
