/**
 * Queries about SELinux and the loaded policy, by selinuxfs. A query is written to one of its files, and the answer is read
 * from the same descriptor. Nothing is changed.
 */
import { closeSync, existsSync, openSync, readFileSync, readSync, writeSync } from 'node:fs';
import { constants as system } from 'node:os';
import { join } from 'node:path';
import { fileError, hasErrno } from '../state/file-error';

/** A mounted selinuxfs. */
export interface Selinuxfs {
  readonly folder: string;
  /** Writes a query to one of its files, and reads the answer. @throws the errors of node:fs. */
  ask(file: string, question: string): string;
}

/** An access of a process that the policy may allow. */
export interface Access {
  /** Context of the process. */
  readonly source: string;
  /** Context of the object. */
  readonly target: string;
  /** `process`, `file`. */
  readonly objectClass: string;
  /** `transition`, `entrypoint`. */
  readonly permission: string;
}

/** The kernel answers in one page at most. */
const answerSize = 4096;
/** SELINUX_AVD_FLAGS_PERMISSIVE: the source's type is permissive. */
const permissiveFlag = 1;

/** The selinuxfs that is mounted at `folder`. */
export function selinuxfsAt(folder: string): Selinuxfs {
  return { folder, ask: (file, question) => transact(join(folder, file), question) };
}

export const hostSelinuxfs = selinuxfsAt('/sys/fs/selinux');

/** Whether SELinux is enabled in the kernel. */
export function isSelinuxOn({ folder }: Selinuxfs = hostSelinuxfs): boolean {
  return existsSync(join(folder, 'enforce'));
}

/** False in permissive mode, where what the policy denies is only logged. */
export function isEnforcing({ folder }: Selinuxfs = hostSelinuxfs): boolean {
  return readText(join(folder, 'enforce')).trim() === '1';
}

/** SELINUXTYPE of selinux_config(5): the folder of the policy below /etc/selinux. libselinux has the same default. */
export function policyName(path = '/etc/selinux/config'): string {
  const config = existsSync(path) ? readText(path) : '';
  return /^[ \t]*SELINUXTYPE[ \t]*=[ \t]*([^\s#]+)/m.exec(config)?.[1] ?? 'targeted';
}

/** The context with aliases resolved; undefined if the policy does not have it. */
export function canonicalContext(
  context: string,
  selinuxfs: Selinuxfs = hostSelinuxfs,
): string | undefined {
  try {
    return selinuxfs.ask('context', context).replace(/\0[^]*$/, '');
  } catch (error) {
    if (hasErrno(error, system.errno.EINVAL)) return undefined;
    throw fileError(error, 'ask SELinux for a context');
  }
}

/** Whether a process may execute something in order to run in another context. */
export function mayTransition(
  from: string,
  to: string,
  selinuxfs: Selinuxfs = hostSelinuxfs,
): boolean {
  return isAllowed(
    { source: from, target: to, objectClass: 'process', permission: 'transition' },
    selinuxfs,
  );
}

/** Whether a context may be entered by executing a file with that label. */
export function mayEnter(
  context: string,
  file: string,
  selinuxfs: Selinuxfs = hostSelinuxfs,
): boolean {
  return isAllowed(
    { source: context, target: file, objectClass: 'file', permission: 'entrypoint' },
    selinuxfs,
  );
}

/** Whether the policy allows the access, enforced or not. A permissive type may do everything. */
export function isAllowed(access: Access, selinuxfs: Selinuxfs = hostSelinuxfs): boolean {
  const { source, target, objectClass, permission } = access;
  const folder = join(selinuxfs.folder, 'class', objectClass);
  const index = Number(readText(join(folder, 'index')));
  const bit = Number(readText(join(folder, 'perms', permission))) - 1;
  try {
    const answer = selinuxfs.ask('access', `${source} ${target} ${index}`);
    return allows(answer, bit);
  } catch (error) {
    throw fileError(error, 'ask SELinux what is allowed');
  }
}

/** The context that the kernel uses for files without a label. */
export function unlabeledContext({ folder }: Selinuxfs = hostSelinuxfs): string {
  return readText(join(folder, 'initial_contexts', 'unlabeled')).replace(/[\0\n][^]*$/, '');
}

/** An answer is `allowed decided auditallow auditdeny seqno flags`, all but seqno in hexadecimal digits. */
function allows(answer: string, bit: number): boolean {
  const [allowed = '', , , , , flags = '0'] = answer.replace(/\0[^]*$/, '').split(' ');
  if ((parseInt(flags, 16) & permissiveFlag) !== 0) return true;
  return ((parseInt(allowed, 16) >>> bit) & 1) === 1;
}

/** The query must be one write(2); the file offset stays 0. */
function transact(path: string, question: string): string {
  const fd = openSync(path, 'r+');
  try {
    writeSync(fd, question);
    const answer = Buffer.alloc(answerSize);
    return answer.toString('utf8', 0, readSync(fd, answer, 0, answerSize, 0));
  } catch (error) {
    // Errors of read(2) and write(2) have no path.
    throw Object.assign(error as Error, { path });
  } finally {
    closeSync(fd);
  }
}

function readText(path: string): string {
  try {
    return readFileSync(path, 'utf8');
  } catch (error) {
    throw fileError(error, 'look at SELinux');
  }
}
