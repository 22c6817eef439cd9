/** A daemon that listens where libvirt's clients look, on a root of its own, and those clients. */
import { connect } from 'tslxc';
import type { Connection } from 'tslxc';
import { commandLine, runProgram } from '../process/run-command';
import type { CommandResult } from '../process/run-command';
import { makeTestRoot } from '../root/test-root';
import type { TestRoot } from '../root/test-root';
import type { Keep } from '../world/frame';
import { BackgroundProgram } from './background-program';
import { DaemonProcess } from './daemon-process';

/** What libvirt's clients look for. The tests have a /run of their own. */
export const libvirtSocket = '/run/libvirt/virtlxcd-sock';

/** The socket that the daemon makes last: when it exists, all of them do. */
export const lastLibvirtSocket = '/run/libvirt/virtnetworkd-sock-ro';

export interface ClientWorld {
  readonly root: TestRoot;
  readonly daemon: DaemonProcess;
  /** The library beside the daemon, on the same root. */
  readonly connection: Connection;
}

/** A daemon that listens at libvirt's sockets, too. */
export function startDaemon(root: string): Promise<DaemonProcess> {
  return DaemonProcess.start({
    root,
    argv: commandLine('daemon', '--libvirt'),
    socket: lastLibvirtSocket,
  });
}

/** For `containerTest`. */
export async function rootAndDaemon(keep: Keep): Promise<ClientWorld> {
  const root = keep(await makeTestRoot());
  const daemon = keep(await startDaemon(root.path));
  const connection = keep(await connect(undefined, { root: root.path }));
  return { root, daemon, connection };
}

/** The environment in which libvirt's clients speak to the daemon. */
export const clientEnvironment = { LIBVIRT_DEFAULT_URI: 'lxc:///', LC_ALL: 'C.UTF-8' } as const;

/** Runs Debian's virsh. Doesn't throw for an exit code. */
export function virsh(...words: readonly string[]): Promise<CommandResult> {
  return runProgram(['virsh', ...words], { env: clientEnvironment });
}

/** What virsh prints when it succeeds, without the empty line after each command; else what it says. */
export async function virshText(...words: readonly string[]): Promise<string> {
  const { code, stdout, stderr } = await virsh(...words);
  return code === 0 ? stdout.replace(/\n$/, '') : `status ${code}: ${stderr}`;
}

/** Runs a program of Python 3, which may use libvirt's module for it. */
export function python(script: string): Promise<CommandResult> {
  // Debian's, which has libvirt's module, whatever other is installed.
  return runProgram(['/usr/bin/python3', '-c', script], { env: clientEnvironment });
}

/** A client that runs on, and is told of what happens. */
export function watching(argv: readonly [string, ...string[]]): BackgroundProgram {
  return new BackgroundProgram(argv, clientEnvironment);
}
