/** What an attendant reports of a command that could not be executed, as the error that the caller gets. */
import { execFailure } from '../../../../lib/container/exec/exec-failure';
import { execReasons, stages } from '../../../../lib/container/monitor/messages';
import type { MessageNamed } from '../../../../lib/container/monitor/messages';
import type { CommandPlan } from '../../../../lib/plan/operation';

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
    "the program '/bin/script' needs the interpreter '/bin/\\x1b]0;x\\x07\\x0a', which the container does not have: " +
      'ENOENT (execute the command)',
  );
});
