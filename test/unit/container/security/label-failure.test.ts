/** What goes wrong with a label, as the error that the caller gets: of init and of a command. */
import { execFailure } from '../../../../lib/container/exec/exec-failure';
import { stages } from '../../../../lib/container/monitor/messages';
import type { MessageNamed, Stage } from '../../../../lib/container/monitor/messages';
import { startFailure } from '../../../../lib/container/start/start-failure';
import type { CommandPlan } from '../../../../lib/plan/plan';
import { securityFacts } from '../../../../lib/plan/security/labels';
import type { RecordedLabel } from '../../../../lib/plan/security/labels';
import { document, parse } from '../../domain/parse-context';
import { compile } from '../../plan/plan-context';

const [ENOENT, EACCES, EXDEV, EINVAL, ENOMEM] = [2, 13, 18, 22, 12];
const profile: RecordedLabel = { model: 'apparmor', label: 'web', accepted: ['web (enforce)'] };
const context: RecordedLabel = {
  model: 'selinux',
  label: 'u:r:web_t:s0',
  accepted: ['u:r:web_t:s0'],
};

function planOf(label: RecordedLabel) {
  const security = securityFacts(label);
  return compile(parse(document({})), { facts: { security } }).plan;
}

function failed(stage: Stage, error: number, subject = '/bin/sh'): MessageNamed<'failed'> {
  const syscall = error === 0 ? '' : 'write';
  return {
    message: 'failed',
    stage: stages.indexOf(stage),
    step: 0,
    error,
    syscall,
    subject,
    reason: 0,
  };
}

test('init with another label', () => {
  const error = startFailure(planOf(context), failed('label', 0, 'u:r:other_t:s0'));
  expect(error).toMatchObject({ code: 'INTERNAL_ERROR', domain: 'test' });
  expect(error.message).toBe(
    "internal error: init runs with the label 'u:r:other_t:s0', not with 'u:r:web_t:s0'",
  );
  expect(error.errno).toBeUndefined();
});

test('init whose label can’t be read', () => {
  const error = startFailure(planOf(context), failed('label', EINVAL, '/proc/7/attr/current'));
  expect(error).toMatchObject({
    code: 'SYSTEM_ERROR',
    errno: EINVAL,
    path: '/proc/7/attr/current',
    step: 'look at the label of init',
  });
  expect(error.message).toMatch(/^cannot tell the label of init: EINVAL /);
});

test.each([
  [context, EINVAL, "the loaded security policy does not know the label of 'u:r:web_t:s0'"],
  [context, EACCES, "the security policy does not let its caller ask for 'u:r:web_t:s0'"],
  [profile, ENOENT, "no profile is loaded for 'exec web'"],
  [profile, EXDEV, "cannot ask for 'exec web': something else lies over the host's /proc"],
])('a label that can’t be asked for: %j, errno %d', (label, error, words) => {
  const plan = planOf(label);
  expect(startFailure(plan, failed('inside', error)).message).toContain(`${words}: E`);
  const command = { outside: [plan.inside[0]] } as unknown as CommandPlan;
  expect(execFailure(command, failed('outside', error), 'test').message).toContain(`${words}: E`);
});

test('an execve that the policy refuses names the label, one that fails otherwise does not', () => {
  const plan = planOf(context);
  const refused = startFailure(plan, failed('exec', EACCES));
  expect(refused).toMatchObject({ code: 'SYSTEM_ERROR', errno: EACCES, path: '/bin/sh' });
  expect(refused.message).toMatch(/does not let '\/bin\/sh' be executed as 'u:r:web_t:s0'/);
  expect(refused.message).toContain("the program's label is not an entry point for it: EACCES (");
  expect(startFailure(plan, failed('exec', ENOMEM)).message).not.toContain('web_t');
  const unlabelled = compile(parse(document({}))).plan;
  expect(startFailure(unlabelled, failed('exec', EACCES)).message).not.toContain('policy');
});

test('a command with another label', () => {
  const header = { labels: ['web (enforce)', 'web (kill)'] };
  const command = { header } as unknown as CommandPlan;
  expect(execFailure(command, failed('label', 0, 'unconfined'), 'test').message).toBe(
    "internal error: the command runs with the label 'unconfined', not with 'web (enforce)' or 'web (kill)'",
  );
});
