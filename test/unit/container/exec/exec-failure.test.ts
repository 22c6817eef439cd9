/** What an attendant reports of a command that could not be executed, as the error that the caller gets. */
import { attendantFailure, execFailure } from '../../../../lib/container/exec/exec-failure';
import { execReasons, stages } from '../../../../lib/container/monitor/messages';
import type { MessageNamed } from '../../../../lib/container/monitor/messages';
import { SyscallError } from '../../../../lib/errors';
import type { CommandPlan } from '../../../../lib/plan/plan';

const plan = {
  header: { argv: ['/bin/script'] },
  outside: [],
  inside: [],
} as unknown as CommandPlan;

function failed(subject: string): MessageNamed<'failed'> {
  return {
    message: 'failed',
    stage: stages.indexOf('exec'),
    step: 0,
    error: 2,
    syscall: 'execve',
    subject,
    reason: execReasons.indexOf('interpreterMissing'),
  };
}

test('an interpreter that root inside has named reaches no terminal', () => {
  const error = execFailure(plan, failed('/bin/\u001b]0;x\u0007\n'), 'web');
  expect(error).toMatchObject({ path: '/bin/\\x1b]0;x\\x07\\x0a', domain: 'web' });
  expect(error.message).toBe(
    "the command '/bin/script' needs the interpreter '/bin/\\x1b]0;x\\x07\\x0a', " +
      "which the container's root does not have: ENOENT (execute the command)",
  );
});

test('a process that was killed while it started a command is no error of a system call', () => {
  const ofStageZero = new SyscallError({ errno: 10, syscall: 'waitpid', path: 'stage 0' });
  const ofMaker = {
    ...failed(''),
    stage: stages.indexOf('monitor'),
    error: 10,
    syscall: 'socketpair',
  };
  const expected = {
    code: 'OPERATION_FAILED',
    domain: 'web',
    message:
      "operation failed: the helper process for a command in domain 'web' ended before the command was executed",
  };
  expect(attendantFailure(ofStageZero, 'web')).toMatchObject(expected);
  expect(execFailure(plan, ofMaker, 'web')).toMatchObject(expected);
});

test('the addon’s other errors are told with domain and step, and those of others as they are', () => {
  const full = new SyscallError({ errno: 11, syscall: 'clone3', path: 'stage 0' });
  expect(attendantFailure(full, 'web')).toMatchObject({
    code: 'SYSTEM_ERROR',
    errno: 11,
    domain: 'web',
    message: expect.stringMatching(/^clone3 stage 0: EAGAIN.*\(start a command\)$/) as unknown,
  });
  const other = new Error('other');
  expect(attendantFailure(other, 'web')).toBe(other);
});
