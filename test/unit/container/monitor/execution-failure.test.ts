/** Why a program could not be executed, as the error that the caller gets: of init and of a command, for each reason. */
import { execFailure } from '../../../../lib/container/exec/exec-failure';
import { execReasons, stages } from '../../../../lib/container/monitor/messages';
import type { ExecReason, MessageNamed } from '../../../../lib/container/monitor/messages';
import { startFailure } from '../../../../lib/container/start/start-failure';
import type { TslxcError } from '../../../../lib/errors';
import type { CommandPlan } from '../../../../lib/plan/plan';
import { document, parse } from '../../domain/parse-context';
import { compile } from '../../plan/plan-context';

const ENOENT = 2;
const ENOEXEC = 8;
const ENOMEM = 12;
const EACCES = 13;

/** Its init is /bin/sh. */
const { plan } = compile(parse(document({})));

interface Report {
  readonly reason: ExecReason;
  readonly errno: number;
  readonly subject: string;
}

function failed({ reason, errno, subject }: Report): MessageNamed<'failed'> {
  return {
    message: 'failed',
    stage: stages.indexOf('exec'),
    step: 0,
    error: errno,
    syscall: 'execve',
    subject,
    reason: execReasons.indexOf(reason),
  };
}

function ofInit(report: Report): TslxcError {
  return startFailure(plan, failed(report));
}

function ofCommand(report: Report, program = '/bin/sh'): TslxcError {
  const command = { header: { argv: [program] }, outside: [], inside: [] };
  return execFailure(command as unknown as CommandPlan, failed(report), 'web');
}

interface Row {
  readonly errno: number;
  /** What the process has found. */
  readonly subject: string;
  readonly init: string;
  readonly command: string;
}

/** The messages, without the step at their end. */
const rows: Readonly<Record<ExecReason, Row>> = {
  other: {
    errno: ENOMEM,
    subject: '/bin/sh',
    init: 'execve /bin/sh: ENOMEM, not enough memory',
    command: 'execve /bin/sh: ENOMEM, not enough memory',
  },
  missing: {
    errno: ENOENT,
    subject: '/bin/sh',
    init: "cannot find init path '/bin/sh' relative to container root: ENOENT",
    command: "cannot find the program '/bin/sh' in the container: ENOENT",
  },
  interpreterMissing: {
    errno: ENOENT,
    subject: '/lib/ld.so',
    init: "init '/bin/sh' needs the interpreter '/lib/ld.so', which the container's root does not have: ENOENT",
    command:
      "the command '/bin/sh' needs the interpreter '/lib/ld.so', which the container's root does not have: ENOENT",
  },
  notExecutable: {
    errno: EACCES,
    subject: '/bin/sh',
    init: "init '/bin/sh' is not executable: EACCES",
    command: "the command '/bin/sh' is not executable: EACCES",
  },
  noexecMount: {
    errno: EACCES,
    subject: '/mnt',
    init: "init '/bin/sh' lies on '/mnt', which is mounted noexec: EACCES",
    command: "the command '/bin/sh' lies on '/mnt', which is mounted noexec: EACCES",
  },
  wrongArchitecture: {
    errno: ENOEXEC,
    subject: '/bin/sh',
    init: "init '/bin/sh' is a program for another architecture: ENOEXEC",
    command: "the command '/bin/sh' is a program for another architecture: ENOEXEC",
  },
  notAProgram: {
    errno: ENOEXEC,
    subject: '/bin/sh',
    init: "init '/bin/sh' is neither a program nor a script that begins with #!: ENOEXEC",
    command: "the command '/bin/sh' is neither a program nor a script that begins with #!: ENOEXEC",
  },
  notAFile: {
    errno: EACCES,
    subject: '/bin/sh',
    init: "init '/bin/sh' is not a regular file: EACCES",
    command: "the command '/bin/sh' is not a regular file: EACCES",
  },
};

test.each(execReasons)('an execve that fails for the reason %s is explained', (reason) => {
  const { errno, subject, init, command } = rows[reason];
  const fields = { code: 'SYSTEM_ERROR', errno, syscall: 'execve', path: subject };
  expect(ofInit({ reason, errno, subject })).toMatchObject({
    ...fields,
    message: `${init} (execute init)`,
    step: 'execute init',
    domain: 'test',
  });
  expect(ofCommand({ reason, errno, subject })).toMatchObject({
    ...fields,
    message: `${command} (execute the command)`,
    step: 'execute the command',
    domain: 'web',
  });
});

test('a name that no folder of PATH has is told from a path', () => {
  const report = { reason: 'missing', errno: ENOENT, subject: 'job' } as const;
  expect(ofCommand(report, 'job').message).toBe(
    "cannot find the program 'job' in the PATH of the command: ENOENT (execute the command)",
  );
});

describe.each([
  ['notExecutable', 'is not executable: EACCES'],
  ['notAFile', 'is not a regular file: EACCES'],
] as const)('for the reason %s', (reason, words) => {
  test('an interpreter is told from its script', () => {
    const report = { reason, errno: EACCES, subject: '/bin/python' };
    expect(ofInit(report).message).toBe(
      `the interpreter '/bin/python' of init '/bin/sh' ${words} (execute init)`,
    );
    for (const program of ['/bin/sh', 'sh', 'thon']) {
      expect(ofCommand(report, program).message).toBe(
        `the interpreter '/bin/python' of the command '${program}' ${words} (execute the command)`,
      );
    }
  });

  test('a command that its PATH has led to is no interpreter', () => {
    const report = { reason, errno: EACCES, subject: '/usr/bin/job' };
    expect(ofCommand(report, 'job').message).toBe(
      `the command '/usr/bin/job' ${words} (execute the command)`,
    );
  });
});

test('a program whose name could control a terminal is no interpreter', () => {
  const program = '/bin/\u001b[2J';
  const report = { reason: 'notExecutable', errno: EACCES, subject: program } as const;
  expect(ofCommand(report, program).message).toBe(
    "the command '/bin/\\x1b[2J' is not executable: EACCES (execute the command)",
  );
});
