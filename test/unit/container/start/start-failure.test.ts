/** What the monitor reports of a failed start, as the error that the caller gets: for each stage. */
import { deathReasons, execReasons, stages } from '../../../../lib/container/monitor/messages';
import type { ExecReason, MessageNamed, Stage } from '../../../../lib/container/monitor/messages';
import { withWayBack } from '../../../../lib/container/start/refused-by-ids';
import { startFailure } from '../../../../lib/container/start/start-failure';
import { document, parse } from '../../domain/parse-context';
import { compile } from '../../plan/plan-context';

const { plan } = compile(parse(document({})));

const ENOENT = 2;
const EACCES = 13;
const EBUSY = 16;
const ESTALE = 116;

interface Report {
  readonly stage: Stage;
  readonly step?: number;
  readonly error?: number;
  readonly syscall?: string;
  readonly subject?: string;
  readonly reason?: ExecReason;
}

function failed(report: Report): MessageNamed<'failed'> {
  const {
    stage,
    step = 0,
    error = ENOENT,
    syscall = 'openat2',
    subject = '/x',
    reason = 'other',
  } = report;
  return {
    message: 'failed',
    stage: stages.indexOf(stage),
    step,
    error,
    syscall,
    subject,
    reason: execReasons.indexOf(reason),
  };
}

const fields = { errno: ENOENT, syscall: 'openat2', path: '/x', domain: 'test' };

test('a step outside is named with its number, its words and who did it', () => {
  const at = plan.outside.findIndex(({ op }) => op === 'cloneTree' || op === 'openTree');
  const error = startFailure(plan, failed({ stage: 'outside', step: at }));
  const step = `monitor step ${at + 1} of ${plan.outside.length}: clone the mount / of the host as 'root', with all below`;
  expect(error).toMatchObject({ ...fields, code: 'SYSTEM_ERROR', step });
  expect(error.message).toBe(`openat2 /x: ENOENT, no such file or directory (${step})`);
});

test('a stale file of NFS is no namespace', () => {
  const report = failed({
    stage: 'outside',
    error: ESTALE,
    syscall: 'open_tree',
    subject: '/nfs/srv',
  });
  expect(startFailure(plan, report).message).toMatch(
    /^(?!.*namespace \/nfs).*open_tree \/nfs\/srv: ESTALE/,
  );
});

test('a log that is in use is told of with the place of its element', () => {
  const path = '/var/log/web.log';
  const place = { path: 'domain/devices/console/log', position: { line: 7, column: 5 } };
  const report = failed({ stage: 'monitor', error: EBUSY, syscall: 'flock', subject: path });
  expect(startFailure(plan, report, new Map([[path, place]]))).toMatchObject({
    code: 'SYSTEM_ERROR',
    message:
      'the log /var/log/web.log is in use by another running domain or program: EBUSY ' +
      '(set up the monitor; domain/devices/console/log, line 7, column 5)',
    path,
    element: 'domain/devices/console/log',
    line: 7,
    column: 5,
  });
});

test('a namespace that is not the one that was looked up is named', () => {
  const report = failed({
    stage: 'outside',
    error: ESTALE,
    syscall: 'open',
    subject: '/proc/9/ns/net',
  });
  expect(startFailure(plan, report)).toMatchObject({
    code: 'SYSTEM_ERROR',
    errno: ESTALE,
    path: '/proc/9/ns/net',
    message: expect.stringMatching(
      /^the namespace \/proc\/9\/ns\/net is not the one that was looked up: ESTALE \(monitor step 1 /,
    ) as string,
  });
});

test('a step inside is init’s', () => {
  const last = plan.inside.length;
  const error = startFailure(plan, failed({ stage: 'inside', step: last - 1 }));
  const step = `init step ${last} of ${last}: die by signal 9 when the monitor dies`;
  expect(error).toMatchObject({ ...fields, code: 'SYSTEM_ERROR', step });
});

test('a step that the plan does not have is a number all the same', () => {
  const { step } = startFailure(plan, failed({ stage: 'inside', step: 999 }));
  expect(step).toBe(`init step 1000 of ${plan.inside.length}`);
});

test('what the monitor could not set up for itself says so', () => {
  expect(startFailure(plan, failed({ stage: 'monitor' }))).toMatchObject({
    ...fields,
    code: 'SYSTEM_ERROR',
    step: 'set up the monitor',
  });
});

test('a file that the definition names is told of with its element', () => {
  const place = { path: 'domain/devices/console/log', position: { line: 3, column: 4 } };
  const path = '/var/log/web.log';
  const report = failed({ stage: 'monitor', subject: path });
  const told = { path, element: place.path, line: 3, column: 4 };
  expect(startFailure(plan, report, new Map([[path, place]]))).toMatchObject(told);
});

test('a stage that this version does not know is the monitor’s', () => {
  const unknown = { ...failed({ stage: 'monitor' }), stage: 77 };
  expect(startFailure(plan, unknown)).toMatchObject({
    code: 'SYSTEM_ERROR',
    step: 'set up the monitor',
  });
});

test('a deadline says what was waited for', () => {
  const error = startFailure(
    plan,
    failed({ stage: 'deadline', error: 110, subject: 'waiting for init to be ready' }),
  );
  expect(error).toMatchObject({
    code: 'OPERATION_TIMEOUT',
    message: "Timed out during operation: waiting for init to be ready (start domain 'test')",
    step: 'waiting for init to be ready',
    errno: 110,
    domain: 'test',
  });
});

test('a death says how init died', () => {
  expect(startFailure(plan, failed({ stage: 'death', subject: 'exit code 125' }))).toMatchObject({
    code: 'INTERNAL_ERROR',
    message: 'internal error: guest failed to start: init died with exit code 125',
    domain: 'test',
  });
});

test('a death for lack of memory says which element to look at', () => {
  const reason = deathReasons.indexOf('outOfMemory');
  const death = failed({ stage: 'death', subject: 'signal 9' });
  expect(startFailure(plan, { ...death, reason }).message).toBe(
    'internal error: guest failed to start: init died with signal 9 (oom-killed): <memory>, or <hard_limit> of ' +
      '<memtune>, is less than it needs',
  );
});

test('a root that has no idmapped mounts is named, with the reason', () => {
  const range = "start='0' target='1000' count='10'";
  const elements = `<idmap><uid ${range}/><gid ${range}/></idmap>`;
  const devices = "<filesystem><source dir='/srv/root'/><target dir='/'/></filesystem>";
  const mapped = compile(parse(document({ elements, devices }))).plan;
  const report = { stage: 'mapped', syscall: 'mount_setattr', subject: '/srv/root' } as const;
  const error = startFailure(mapped, failed({ ...report, error: 22 }));
  expect(error).toMatchObject({ code: 'SYSTEM_ERROR', errno: 22, path: '/srv/root' });
  expect(error.message).toMatch(
    /^cannot show \/srv\/root with the container's ids: .* EINVAL \(monitor, after/,
  );
  expect(startFailure(mapped, failed({ ...report, error: EACCES })).message).toContain(
    'mount_setattr /srv/root: EACCES',
  );
});

test('an interpreter that the root has named reaches no terminal', () => {
  const subject = '/bin/\u001b]0;x\u0007\n';
  const report = failed({
    stage: 'exec',
    syscall: 'execve',
    subject,
    reason: 'interpreterMissing',
  });
  const error = startFailure(plan, report);
  expect(error.path).toBe('/bin/\\x1b]0;x\\x07\\x0a');
  expect(error.message).toContain("needs the interpreter '/bin/\\x1b]0;x\\x07\\x0a', which");
});

describe('a failure that ids of its own may have caused', () => {
  const back = '; a way back';
  const told = (report: Report): string =>
    withWayBack(startFailure(plan, failed(report)), back).message;

  test.each<[string, Report]>([
    ['a right over the host’s files', { stage: 'outside', error: EACCES }],
    ['idmapped mounts', { stage: 'mapped', error: 22, syscall: 'mount_setattr' }],
    ['user namespaces', { stage: 'monitor', error: 28, syscall: 'clone3', subject: 'init' }],
  ])('for want of %s ends with the way back, and has all its fields', (_, report) => {
    const error = startFailure(plan, failed(report));
    expect(told(report)).toBe(`${error.message}${back}`);
    const { errno, syscall, path, step, domain, code } = error;
    expect(withWayBack(error, back)).toMatchObject({ errno, syscall, path, step, domain, code });
  });

  test.each<[string, Report]>([
    ['a missing file', { stage: 'outside' }],
    ['a full disk', { stage: 'inside', error: 28, syscall: 'mkdirat' }],
    ['init’s death', { stage: 'death', error: EACCES }],
  ])('is not %s', (_, report) => {
    expect(told(report)).toBe(startFailure(plan, failed(report)).message);
  });

  test('has no way back where its definition asks for the ids', () => {
    const error = startFailure(plan, failed({ stage: 'outside', error: EACCES }));
    expect(withWayBack(error, '')).toBe(error);
  });
});
