/** Starts that fail since init can't be executed; execve(2) itself says less about it. */
import { chmodSync, copyFileSync, mkdirSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { machine } from 'node:os';
import { join } from 'node:path';
import { privateXml } from './failure-case';
import type { Arrange, ExpectedFailure, FailureCase, Scene } from './failure-case';

const ENOENT = 2;
const ENOEXEC = 8;
const EACCES = 13;

/** Waits for a line, forever. */
const patientScript = '#!/bin/sh\nread line\n';

/** The whole of an error of execve. */
function execFailure(errno: number, path: string, words: string): ExpectedFailure {
  const message = `${words} ({step})`;
  return { code: 'SYSTEM_ERROR', message, errno, syscall: 'execve', path, step: 'execute init' };
}

interface BadInit {
  readonly content: string | Buffer;
  readonly mode?: number;
  readonly errno: number;
  /** The program itself when left out. */
  readonly path?: string;
  readonly words: string;
}

/** A private root whose init is a bad file, mended by a good one. */
function badInit(bad: BadInit): Arrange {
  return (scene) => {
    const init = '/bin/program';
    const file = join(scene.busybox, init);
    writeFileSync(file, bad.content, { mode: bad.mode ?? 0o755 });
    return {
      xml: privateXml(scene, init),
      failure: execFailure(bad.errno, bad.path ?? init, bad.words),
      mend: () => {
        writeFileSync(file, patientScript);
        chmodSync(file, 0o755);
      },
    };
  };
}

/** A program of the other of the two architectures that servers have. */
function foreignProgram(): Buffer {
  const machineOffset = 18;
  const [EM_X86_64, EM_AARCH64] = [62, 183];
  const program = readFileSync('/usr/bin/busybox');
  program.writeUInt16LE(machine() === 'aarch64' ? EM_X86_64 : EM_AARCH64, machineOffset);
  return program;
}

function missingInit(scene: Scene): FailureCase {
  const words = "cannot find init path '/bin/program' relative to container root: ENOENT";
  return {
    xml: privateXml(scene, '/bin/program'),
    failure: execFailure(ENOENT, '/bin/program', words),
    mend: () => writeFileSync(join(scene.busybox, 'bin/program'), patientScript, { mode: 0o755 }),
  };
}

function missingElfInterpreter(scene: Scene): FailureCase {
  const file = join(scene.busybox, 'bin/program');
  copyFileSync('/bin/sleep', file);
  const [interpreter = ''] = /\/lib\S*\/ld-linux[\w.-]*/.exec(readFileSync(file, 'latin1')) ?? [];
  const words =
    `init '/bin/program' needs the interpreter '${interpreter}', ` +
    "which the container's root does not have: ENOENT";
  return {
    xml: privateXml(scene, '/bin/program'),
    failure: execFailure(ENOENT, interpreter, words),
    mend: () => writeFileSync(file, patientScript),
  };
}

function interpreterNotExecutable(scene: Scene): FailureCase {
  const file = join(scene.busybox, 'bin/program');
  writeFileSync(file, '#!/bin/other\n', { mode: 0o755 });
  writeFileSync(join(scene.busybox, 'bin/other'), '', { mode: 0o644 });
  const words = "the interpreter '/bin/other' of init '/bin/program' is not executable: EACCES";
  return {
    xml: privateXml(scene, '/bin/program'),
    failure: execFailure(EACCES, '/bin/other', words),
    mend: () => writeFileSync(file, patientScript),
  };
}

function initIsDirectory(scene: Scene): FailureCase {
  const file = join(scene.busybox, 'bin/program');
  mkdirSync(file);
  return {
    xml: privateXml(scene, '/bin/program'),
    failure: execFailure(
      EACCES,
      '/bin/program',
      "init '/bin/program' is not a regular file: EACCES",
    ),
    mend: () => {
      rmSync(file, { recursive: true });
      writeFileSync(file, patientScript, { mode: 0o755 });
    },
  };
}

/** On the shared root, whose mounts the container has too. */
function noexecMount({ root }: Scene): FailureCase {
  const folder = join(root, 'noexec');
  mkdirSync(folder);
  const init = join(folder, 'program');
  writeFileSync(init, patientScript, { mode: 0o755 });
  const words = `init '${init}' lies on '${folder}', which is mounted noexec: EACCES`;
  return {
    xml: { init },
    within: `mount --bind ${folder} ${folder}; mount -o remount,bind,noexec ${folder}`,
    failure: execFailure(EACCES, folder, words),
    mend: () => undefined,
  };
}

/** Title → case; the title completes "a start fails when …". */
export const initFailures: Readonly<Record<string, Arrange>> = {
  'init is missing': missingInit,
  'the ELF interpreter of init is missing': missingElfInterpreter,
  'the script interpreter of init is missing': badInit({
    content: '#!/bin/nowhere -x\n',
    errno: ENOENT,
    path: '/bin/nowhere',
    words:
      "init '/bin/program' needs the interpreter '/bin/nowhere', " +
      "which the container's root does not have: ENOENT",
  }),
  'init is not executable': badInit({
    content: patientScript,
    mode: 0o644,
    errno: EACCES,
    words: "init '/bin/program' is not executable: EACCES",
  }),
  'the interpreter of init is not executable': interpreterNotExecutable,
  'init lies on a noexec mount': noexecMount,
  'init is for another architecture': badInit({
    content: foreignProgram(),
    errno: ENOEXEC,
    words: "init '/bin/program' is a program for another architecture: ENOEXEC",
  }),
  'init is a text without #!': badInit({
    content: 'read line\n',
    errno: ENOEXEC,
    words: "init '/bin/program' is neither a program nor a script that begins with #!: ENOEXEC",
  }),
  'init is a directory': initIsDirectory,
};
