/** What the monitor reports of a failed start, as the error that the caller gets: in words, with its data. */
import { constants } from 'node:os';
import { errnoName, SyscallError, TslxcError } from '../errors';
import type { Failure } from '../errors';
import { describeOperation } from '../plan/describe';
import type { Operation, Plan } from '../plan/operation';
import { execReasons, stages } from './messages';
import type { ExecReason, MessageNamed, Stage } from './messages';

const { errno } = constants;

export function startFailure(plan: Plan, failed: MessageNamed<'failed'>): TslxcError {
  const stage: Stage = stages[failed.stage] ?? 'monitor';
  const domain = plan.header.name;
  const facts = { errno: failed.error, syscall: failed.syscall, path: failed.subject, domain };
  switch (stage) {
    case 'outside':
      return stepFailure(facts, stepOf('monitor', plan.outside, failed.step));
    case 'mapped':
      return mapFailure(plan, failed, {
        ...facts,
        step: stepOf('monitor, after the clone,', plan.mapped, failed.step),
      });
    case 'inside': {
      const step = stepOf('init', plan.inside, failed.step);
      return targetFailure(plan, failed, { ...facts, step }) ?? stepFailure(facts, step);
    }
    case 'exec':
      return execFailure(plan, failed);
    case 'deadline':
      return new TslxcError('OPERATION_TIMEOUT', `${failed.subject} (start domain '${domain}')`, {
        domain,
        step: failed.subject,
        errno: failed.error,
        syscall: failed.syscall,
      });
    case 'death':
      return new TslxcError(
        'INTERNAL_ERROR',
        `guest failed to start: init died with ${failed.subject}`,
        {
          domain,
          step: 'init, before it executed its program',
        },
      );
    case 'monitor':
      return stepFailure(facts, 'set up the monitor');
  }
}

/** ptmx(4) says ENOSPC for what has nothing to do with a disk. */
function stepFailure(facts: Failure, step: string): TslxcError {
  const details = { ...facts, step };
  if (facts.errno !== errno.ENOSPC || facts.path?.endsWith('ptmx') !== true) {
    return new SyscallError(details);
  }
  const words = 'no pseudo-terminal is free, see kernel.pty.max and kernel.pty.reserve';
  return new TslxcError('SYSTEM_ERROR', `${words}: ENOSPC (${step})`, details);
}

/** move_mount(2) says EINVAL when one of source and target is a directory, and the other is not. */
function targetFailure(
  plan: Plan,
  failed: MessageNamed<'failed'>,
  details: Failure,
): TslxcError | undefined {
  const attach = plan.inside[failed.step];
  if (attach?.op !== 'attachTree' || failed.error !== errno.EINVAL) return undefined;
  const source = plan.outside.find((one) => one.op === 'openTree' && one.tree === attach.tree);
  if (source?.op !== 'openTree') return undefined;
  const words = `cannot mount ${source.path} on ${attach.path}: one is a directory, the other is not`;
  return new TslxcError('SYSTEM_ERROR', `${words}: EINVAL (${details.step ?? ''})`, details);
}

/** mount_setattr(2) says EINVAL when a file system of the tree can't be shown with other ids: proc, overlay, … */
function mapFailure(
  plan: Plan,
  failed: MessageNamed<'failed'>,
  details: Failure & { readonly step: string },
): TslxcError {
  const operation = plan.mapped[failed.step];
  if (operation?.op !== 'mapTree' || failed.error !== errno.EINVAL) {
    return stepFailure(details, details.step);
  }
  const words =
    `cannot show ${failed.subject} with the container's ids: its file system, or one that is mounted ` +
    'below it, has no idmapped mounts, see mount_setattr(2)';
  return new TslxcError('SYSTEM_ERROR', `${words}: EINVAL (${details.step})`, details);
}

/** `init step 14 of 52: mount 'dev' at /dev in 'root'` */
function stepOf(
  who: 'monitor' | 'monitor, after the clone,' | 'init',
  operations: readonly Operation[],
  step: number,
): string {
  const operation = operations[step];
  const what = operation === undefined ? '' : `: ${describeOperation(operation)}`;
  return `${who} step ${step + 1} of ${operations.length}${what}`;
}

/** execve(2) says ENOENT for four different things; init has found out which. */
function execFailure(plan: Plan, failed: MessageNamed<'failed'>): TslxcError {
  const program = plan.header.argv[0] ?? '';
  const reason: ExecReason = execReasons[failed.reason] ?? 'other';
  const details = {
    errno: failed.error,
    syscall: failed.syscall,
    path: failed.subject,
    step: 'execute init',
    domain: plan.header.name,
  };
  if (reason === 'other') return new SyscallError(details);
  const text = execWords[reason](program, failed.subject);
  return new TslxcError(
    'SYSTEM_ERROR',
    `${text}: ${errnoName(failed.error)} (execute init)`,
    details,
  );
}

const execWords: Record<
  Exclude<ExecReason, 'other'>,
  (program: string, subject: string) => string
> = {
  missing: (program) => `cannot find init path '${program}' relative to container root`,
  interpreterMissing: (program, subject) =>
    `init '${program}' needs the interpreter '${subject}', which the container's root does not have`,
  notExecutable: (program, subject) =>
    program === subject
      ? `init '${program}' is not executable`
      : `the interpreter '${subject}' of init '${program}' is not executable`,
  noexecMount: (program, subject) =>
    `init '${program}' lies on '${subject}', which is mounted noexec`,
  wrongArchitecture: (program) => `init '${program}' is a program for another architecture`,
  notAProgram: (program) =>
    `init '${program}' is neither a program nor a script that begins with #!`,
  notAFile: (program) => `init '${program}' is not a regular file`,
};
