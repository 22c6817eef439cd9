/** Whether this process may do what the caller asks for. Reads /proc/self/status and /proc/self/uid_map; changes nothing. */
import { readFileSync } from 'node:fs';
import { TslxcError } from '../../errors';

/** What the kernel says about this process. */
export interface Privilege {
  /** Effective user id. */
  readonly uid: number;
  /** Bits of the effective capability set, as in capabilities(7). */
  readonly capabilities: bigint;
  /** prctl(2) PR_SET_NO_NEW_PRIVS is on; it can't be turned off and children have it too. */
  readonly noNewPrivileges: boolean;
  /** `own`: it is in a user namespace, and its privileges hold there and not on the host. */
  readonly userNamespace?: 'own';
}

const CAP_SYS_ADMIN = 1n << 21n;

/** The privilege of this process, now. */
export function readPrivilege(): Privilege {
  // proc_pid_status(5); NoNewPrivs is there since Linux 4.10.
  const fields = new Map<string, string>();
  for (const line of readFileSync('/proc/self/status', 'latin1').split('\n')) {
    const colon = line.indexOf(':');
    if (colon > 0) fields.set(line.slice(0, colon), line.slice(colon + 1).trim());
  }
  return {
    uid: process.geteuid?.() ?? -1,
    capabilities: BigInt(`0x${fields.get('CapEff') ?? '0'}`),
    noNewPrivileges: fields.get('NoNewPrivs') === '1',
    ...(isHostsIdMap(readFileSync('/proc/self/uid_map', 'latin1')) ? {} : { userNamespace: 'own' }),
  };
}

/** Whether lines of /proc/self/uid_map are those of the initial user namespace: all ids, mapped to themselves. */
export function isHostsIdMap(text: string): boolean {
  return /^\s*0\s+0\s+4294967295\s*$/.test(text);
}

export function isPrivileged({ uid, capabilities, userNamespace }: Privilege): boolean {
  return uid === 0 && (capabilities & CAP_SYS_ADMIN) !== 0n && userNamespace === undefined;
}

/** @throws TslxcError ACCESS_DENIED unless the process is root with CAP_SYS_ADMIN. */
export function checkPrivileged(privilege: Privilege): void {
  if (isPrivileged(privilege)) return;
  if (privilege.userNamespace === 'own' && privilege.uid === 0) {
    const reason =
      "needs the host's root; this process is in a user namespace, as by PrivateUsers=yes in a systemd unit";
    throw new TslxcError('ACCESS_DENIED', reason);
  }
  throw new TslxcError('ACCESS_DENIED', 'needs root (CAP_SYS_ADMIN)');
}

/**
 * Refuses a process whose containers could not be cleaned up. A process without privilege may connect: it can
 * start nothing anyway, and its calls may need no privilege.
 *
 * @throws TslxcError OPERATION_DENIED.
 */
export function checkConnectable(privilege: Privilege): void {
  if (!privilege.noNewPrivileges || !isPrivileged(privilege)) return;
  const reason =
    'this process has no_new_privs set (in a systemd unit NoNewPrivileges=yes, which several other ' +
    'settings imply); each monitor would inherit it, and the `tslxc reap` that it executes at the ' +
    'end of a container would have no capabilities to clean up with';
  throw new TslxcError('OPERATION_DENIED', reason);
}

/** @throws TslxcError OPERATION_DENIED, in libvirt's words. `call` is its name, such as `Domain.destroy`. */
export function checkWritable(access: 'read-write' | 'read-only', call: string): void {
  if (access === 'read-write') return;
  throw new TslxcError('OPERATION_DENIED', `read only access prevents ${call}`);
}
