/**
 * The label of a security module: asked for by a process before its execve(2), looked at from the host afterwards, and
 * given to the file systems that are made for a container. Pure.
 */
import type { Operation } from '../operation';

/** What a plan needs to know of the label that a process is to execute with. */
export interface SecurityFacts {
  readonly model: 'selinux' | 'apparmor';
  /** Below /proc/thread-self/attr. */
  readonly execAttribute: string;
  /** What is written there. */
  readonly execText: string;
  /** Below /proc/PID/attr. */
  readonly currentAttribute: string;
  /** What may be read there once the program is executed. */
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
  /** What the kernel may call it: SELinux resolves aliases of types, AppArmor adds what it does about violations. */
  readonly accepted: readonly string[];
}

/** What a process has to be asked for to have the label. */
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
 * In the host's mount namespace, where nothing of the container can pass for /proc: the kernel keeps it until the next
 * execve(2), and a process inherits it.
 */
export function planExecLabel(security: SecurityFacts | undefined): Operation[] {
  if (security === undefined) return [];
  const { execAttribute, execText } = security;
  return [{ op: 'setProcessAttribute', attribute: execAttribute, text: execText }];
}

/** What the label is compared with. */
export function labelHeader(
  security: SecurityFacts | undefined,
): Readonly<{ labelAttribute: string; labels: readonly string[] }> {
  return { labelAttribute: security?.currentAttribute ?? '', labels: security?.accepted ?? [] };
}

/** Their files have labels of the kernel's own, or none. */
const unlabelledTypes: ReadonlySet<string> = new Set([
  'proc',
  'sysfs',
  'cgroup',
  'cgroup2',
  'selinuxfs',
]);

/** Every file system that is made here carries the label: the files of most can't be given one later. */
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
