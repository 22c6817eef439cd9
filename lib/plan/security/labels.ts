/**
 * The label of a security module: a process requests it before its execve(2), the monitor checks it afterwards from the
 * host, and the file systems that are made for a container get it. Pure.
 */
import type { Operation } from '../operation';

/** The label with which a process executes, as a plan needs it. */
export interface SecurityFacts {
  readonly model: 'selinux' | 'apparmor';
  /** The file below /proc/thread-self/attr. */
  readonly execAttribute: string;
  /** The text that is written there. */
  readonly execText: string;
  /** The file below /proc/PID/attr. */
  readonly currentAttribute: string;
  /** The texts that may be read there once the program is executed. */
  readonly accepted: readonly string[];
  /** SELinux: the context of the file systems that are made for the container: /dev, devpts, ram, images. */
  readonly mountLabel?: string;
}

/** The label of a container, as it is recorded. */
export interface RecordedLabel {
  readonly model: 'selinux' | 'apparmor';
  /** A context of SELinux, or the name of a profile. */
  readonly label: string;
  readonly imageLabel?: string;
  /** How the kernel may print it: SELinux resolves aliases of types, and AppArmor adds the mode of the profile. */
  readonly accepted: readonly string[];
}

/** How a process requests the label, and how it is checked. */
export function securityFacts(recorded: RecordedLabel): SecurityFacts {
  const { model, label, imageLabel, accepted } = recorded;
  if (model === 'apparmor') {
    return {
      model,
      execAttribute: 'apparmor/exec',
      execText: `exec ${label}`,
      currentAttribute: 'apparmor/current',
      accepted,
    };
  }
  return {
    model,
    execAttribute: 'exec',
    execText: label,
    currentAttribute: 'current',
    accepted,
    ...(imageLabel === undefined ? {} : { mountLabel: imageLabel }),
  };
}

/**
 * Run in the host's mount namespace, where /proc can't be one that the container made: the kernel keeps the request until
 * the next execve(2), and a child inherits it.
 */
export function planExecLabel(security: SecurityFacts | undefined): Operation[] {
  if (security === undefined) return [];
  const { execAttribute, execText } = security;
  return [{ op: 'setProcessAttribute', attribute: execAttribute, text: execText }];
}

/** The header fields that the label is checked with. */
export function labelHeader(
  security: SecurityFacts | undefined,
): Readonly<{ labelAttribute: string; labels: readonly string[] }> {
  return { labelAttribute: security?.currentAttribute ?? '', labels: security?.accepted ?? [] };
}

/** File systems whose files have labels of the kernel, or none. */
const unlabelledTypes: ReadonlySet<string> = new Set(['proc', 'sysfs', 'selinuxfs']);

/** Mounts every new file system with the label: most do not allow setting labels of files later. */
export function labelFilesystems(
  operations: readonly Operation[],
  security: SecurityFacts | undefined,
): readonly Operation[] {
  const label = security?.mountLabel;
  if (label === undefined) return operations;
  return operations.map((operation) =>
    isLabelled(operation)
      ? { ...operation, options: [...operation.options, `context=${label}`] }
      : operation,
  );
}

type MadeFilesystem = Extract<
  Operation,
  { op: 'makeFilesystem' | 'makeFilesystemOn' | 'makeOverlay' }
>;

function isLabelled(operation: Operation): operation is MadeFilesystem {
  if (operation.op === 'makeOverlay') return true;
  const isMade = operation.op === 'makeFilesystem' || operation.op === 'makeFilesystemOn';
  return isMade && !unlabelledTypes.has(operation.type);
}
