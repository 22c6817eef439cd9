/** Turns what an attendant reports of a command that could not be executed into the error that the caller gets. */
import { constants } from 'node:os';
import { errnoName, SyscallError, TslxcError } from '../../errors';
import type { Operation } from '../../plan/operation';
import type { CommandPlan } from '../../plan/plan';
import { labelWords, wrongLabel } from '../security/label-failure';
import { executionFailure } from '../monitor/execution-failure';
import { stages } from '../monitor/messages';
import type { MessageNamed, Stage } from '../monitor/messages';
import { reportedFailure, stepOf } from '../monitor/reported-failure';

const { errno } = constants;

export function execFailure(
  plan: CommandPlan,
  failed: MessageNamed<'failed'>,
  domain: string,
): TslxcError {
  const stage: Stage = stages[failed.stage] ?? 'monitor';
  const facts = { errno: failed.error, syscall: failed.syscall, path: failed.subject, domain };
  switch (stage) {
    case 'outside':
      return outsideFailure(facts, plan.outside, failed.step);
    case 'inside':
      return insideFailure(facts, plan.inside, failed.step);
    case 'exec':
      return programFailure(plan, failed, domain);
    case 'label':
      return wrongLabel({ who: 'the command', labels: plan.header.labels, domain }, failed);
    case 'deadline':
      return new TslxcError('OPERATION_TIMEOUT', `${failed.subject} in domain '${domain}'`, {
        domain,
        step: failed.subject,
      });
    case 'death':
      return new TslxcError('OPERATION_FAILED', `${failed.subject} in domain '${domain}' died`, {
        domain,
        step: 'run a command',
      });
    default:
      if (failed.error === errno.ECHILD) return endedTooSoon(domain);
      return new SyscallError({ ...facts, step: 'join the container' });
  }
}

/** One of the processes that start a command was killed. */
export function endedTooSoon(domain: string, cause?: unknown): TslxcError {
  const detail = `the helper process for a command in domain '${domain}' ended before the command was executed`;
  return new TslxcError('OPERATION_FAILED', detail, {
    domain,
    step: "wait for 'executed'",
    ...(cause === undefined ? {} : { cause }),
  });
}

/** `error` with domain and step, if it is of a system call: the addon knows neither. ECHILD: stage 0 was killed. */
export function attendantFailure(error: unknown, domain: string): unknown {
  if (!(error instanceof SyscallError)) return error;
  if (error.errno === errno.ECHILD) return endedTooSoon(domain, error);
  const { syscall, path } = error;
  return new SyscallError({
    errno: error.errno,
    syscall,
    ...(path === undefined ? {} : { path }),
    domain,
    step: error.step ?? 'start a command',
  });
}

type Facts = Readonly<{ errno: number; syscall: string; path: string; domain: string }>;

function outsideFailure(facts: Facts, operations: readonly Operation[], step: number): TslxcError {
  const details = { ...facts, step: stepOf('command step', operations, step) };
  return reportedFailure(labelWords(operations[step], facts.errno), details);
}

function insideFailure(facts: Facts, operations: readonly Operation[], step: number): TslxcError {
  const operation = operations[step];
  const details = { ...facts, step: stepOf('command step', operations, step) };
  if (operation?.op !== 'enterDirectory') return new SyscallError(details);
  const known: Readonly<Record<number, string>> = {
    [errno.ENOENT]: 'does not exist in the container',
    [errno.ENOTDIR]: 'is not a directory',
    [errno.EACCES]: 'may not be entered by the user of the command',
  };
  const why = known[facts.errno];
  if (why === undefined) return new SyscallError(details);
  const text = `working directory '${operation.path}' ${why}: ${errnoName(facts.errno)}`;
  return new SyscallError(details, text);
}

function programFailure(
  plan: CommandPlan,
  failed: MessageNamed<'failed'>,
  domain: string,
): TslxcError {
  const program = plan.header.argv[0] ?? '';
  const where = program.includes('/') ? 'in the container' : 'in the PATH of the command';
  return executionFailure(
    {
      who: 'the command',
      program,
      notFound: `cannot find the program '${program}' ${where}`,
      operations: plan.outside,
      domain,
    },
    failed,
  );
}
