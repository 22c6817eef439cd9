/**
 * Checks that the policy lets a container's init have its label before anything is changed: otherwise its exec would
 * fail with a bare EACCES. In permissive mode everything works, and nothing is refused.
 */
import { constants as system } from 'node:os';
import type { Position } from '../../../domain/xml/element';
import { hasErrno } from '../../../host/state/file-error';
import {
  hostSelinuxfs,
  isEnforcing,
  mayEnter,
  mayTransition,
  unlabeledContext,
} from '../../../host/security/selinuxfs';
import type { Selinuxfs } from '../../../host/security/selinuxfs';
import { labelError } from '../assigned';

export interface Transition {
  /** Context of this process, which init has until it executes. */
  readonly own: string;
  readonly label: string;
  readonly position?: Position | undefined;
}

export interface EntryPoint {
  readonly label: string;
  /** The label of init's program when it is executed, after any relabelling; undefined for a file without one. */
  readonly fileLabel: string | undefined;
  /** Whether the container's root is the host's own. */
  readonly root: 'shared' | 'private';
  readonly position?: Position | undefined;
}

/** What a unit of systemd needs under Debian's policy. */
const callerContext = 'unconfined_u:unconfined_r:unconfined_t:s0-s0:c0.c1023';

/** @throws TslxcError OPERATION_DENIED when this process's own context may not change to the label. */
export function checkTransition(
  { own, label, position }: Transition,
  selinuxfs: Selinuxfs = hostSelinuxfs,
): void {
  if (!isEnforcing(selinuxfs) || !isDenied(() => mayTransition(own, label, selinuxfs))) return;
  const detail =
    `SELinux's policy lets no process of ${own} start one of ${label}: ` +
    `in a systemd unit it needs SELinuxContext=${callerContext}, ` +
    'and Node.js needs the boolean allow_execmem there (setsebool -P allow_execmem 1)';
  throw labelError({ code: 'OPERATION_DENIED', detail, position });
}

/** @throws TslxcError CONFIG_UNSUPPORTED when init's program is not an entry point of the label. */
export function checkEntryPoint(
  { label, fileLabel, root, position }: EntryPoint,
  selinuxfs: Selinuxfs = hostSelinuxfs,
): void {
  if (!isEnforcing(selinuxfs)) return;
  const file = fileLabel ?? unlabeledContext(selinuxfs);
  if (!isDenied(() => mayEnter(label, file, selinuxfs))) return;
  const remedy =
    root === 'private'
      ? "the root has to be relabelled, as relabel='yes' does"
      : "the host's own root can't be relabelled: the container needs one of its own, and relabel='yes'";
  const detail = `SELinux's policy lets no program that is labelled ${file} run as ${label}: ${remedy}`;
  throw labelError({ code: 'CONFIG_UNSUPPORTED', detail, position });
}

/** A process that may not even ask is not refused here: the exec will tell. */
function isDenied(isAllowed: () => boolean): boolean {
  try {
    return !isAllowed();
  } catch (error) {
    if (hasErrno(error, system.errno.EACCES)) return false;
    throw error;
  }
}
