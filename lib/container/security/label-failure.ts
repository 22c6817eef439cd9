/**
 * Messages for what goes wrong with the label of a process: it can't be asked for, is refused at execve, or is not the
 * wanted one.
 */
import { constants } from 'node:os';
import { describePlace, errnoName, SyscallError, TslxcError } from '../../errors';
import type { Failure } from '../../errors';
import type { Operation } from '../../plan/operation';
import type { MessageNamed } from '../monitor/messages';

const { errno } = constants;

/** What an errno of a security module means for setProcessAttribute; undefined for other operations and errnos. */
export function labelWords(operation: Operation | undefined, number: number): string | undefined {
  if (operation?.op !== 'setProcessAttribute') return undefined;
  const { attribute, text } = operation;
  switch (number) {
    case errno.EINVAL:
      return `the loaded security policy does not know the label of '${text}'`;
    case errno.ENOENT:
      return attribute.startsWith('apparmor/') ? `no profile is loaded for '${text}'` : undefined;
    case errno.EACCES:
    case errno.EPERM:
      return `the security policy does not let its caller ask for '${text}'`;
    case errno.ENOTSUP:
    case errno.EXDEV:
      return `cannot ask for '${text}': something else lies over the host's /proc`;
    default:
      return undefined;
  }
}

/** The message when a security module refuses execve(2), with EACCES or EPERM, of a program that is executable otherwise. */
export function refusedWords(
  operations: readonly Operation[],
  program: string,
  number: number,
): string | undefined {
  const asked = operations.find((operation) => operation.op === 'setProcessAttribute');
  if (asked?.op !== 'setProcessAttribute') return undefined;
  if (number !== errno.EACCES && number !== errno.EPERM) return undefined;
  return (
    `the security policy does not let '${program}' be executed as '${asked.text}': its caller may not change to ` +
    "that, or the program's label is not an entry point for it"
  );
}

export interface LabelFailure {
  /** What was executed: `init`, or `the command`. */
  readonly who: string;
  readonly labels: readonly string[];
  readonly domain: string;
}

/** The error for a label that the monitor has read from outside. The process is dead by then. */
export function wrongLabel(
  { who, labels, domain }: LabelFailure,
  failed: MessageNamed<'failed'>,
): TslxcError {
  const step = `look at the label of ${who}`;
  if (failed.error === 0) {
    const wanted = labels.map((label) => `'${label}'`).join(' or ');
    const text = `${who} runs with the label '${failed.subject}', not with ${wanted}`;
    return new TslxcError('INTERNAL_ERROR', text, { domain, step });
  }
  const details: Failure & { readonly step: string } = {
    errno: failed.error,
    syscall: failed.syscall,
    path: failed.subject,
    domain,
    step,
  };
  const text = `cannot tell the label of ${who}: ${errnoName(failed.error)} (${describePlace(details)})`;
  return new SyscallError(details, text);
}
