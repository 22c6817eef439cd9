/** Turns what init, or the process of a command, reports of an execve(2) that failed into the error that the caller gets. */
import type { TslxcError } from '../../errors';
import type { Operation } from '../../plan/operation';
import { printable } from '../../printable';
import { refusedWords } from '../security/label-failure';
import { execReasons } from './messages';
import type { ExecReason, MessageNamed } from './messages';
import { reportedFailure } from './reported-failure';

/** What was to be executed. */
export interface Execution {
  readonly who: 'init' | 'the command';
  /** As given: that of a command may be a name without a slash, which is looked for in its PATH. */
  readonly program: string;
  /** The message when there is no such program. */
  readonly notFound: string;
  /** Those among which the process asks for its label, if it does. */
  readonly operations: readonly Operation[];
  readonly domain: string;
}

/** The command's exit status depends on them: lib/cli/shell/exit-status.ts. */
const steps: Record<Execution['who'], string> = {
  init: 'execute init',
  'the command': 'execute the command',
};

/** execve(2) fails with ENOENT for four different reasons; the process that called it has found out which. */
export function executionFailure(execution: Execution, failed: MessageNamed<'failed'>): TslxcError {
  const { who, program, operations, domain } = execution;
  const reason: ExecReason = execReasons[failed.reason] ?? 'other';
  // The container chooses the name of an interpreter.
  const subject = printable(failed.subject);
  const details = {
    errno: failed.error,
    syscall: failed.syscall,
    path: subject,
    step: steps[who],
    domain,
  };
  const why =
    reason === 'other'
      ? refusedWords(operations, program, failed.error)
      : words[reason](execution, subject);
  return reportedFailure(why, details);
}

type Words = (execution: Execution, subject: string) => string;

const words: Record<Exclude<ExecReason, 'other'>, Words> = {
  missing: ({ notFound }) => notFound,
  interpreterMissing: ({ who, program }, subject) =>
    `${who} '${program}' needs the interpreter '${subject}', which the container's root does not have`,
  notExecutable: (execution, subject) => `${fileOf(execution, subject)} is not executable`,
  noexecMount: ({ who, program }, subject) =>
    `${who} '${program}' lies on '${subject}', which is mounted noexec`,
  wrongArchitecture: ({ who, program }) =>
    `${who} '${program}' is a program for another architecture`,
  notAProgram: ({ who, program }) =>
    `${who} '${program}' is neither a program nor a script that begins with #!`,
  notAFile: (execution, subject) => `${fileOf(execution, subject)} is not a regular file`,
};

/** The file at `subject`: the program, named by the path at which it was found, or its interpreter. */
function fileOf({ who, program }: Execution, subject: string): string {
  const name = printable(program);
  const isFound = !program.includes('/') && subject.endsWith(`/${name}`);
  return subject === name || isFound
    ? `${who} '${subject}'`
    : `the interpreter '${subject}' of ${who} '${program}'`;
}
