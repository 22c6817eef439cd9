/** The part of a Domain that runs commands in its container. */
import type { PipedProcess, TerminalProcess } from '../container/exec/command-process';
import type { WindowSize } from '../host/native';
import { LoggedDomain } from './domain-logs';
import { execCommand } from './exec';
import type { ExecOptions } from './exec';

export class ExecutingDomain extends LoggedDomain {
  /**
   * Runs a command in the running container, confined exactly as its init is: namespaces, cgroups, capabilities, filter
   * of system calls, no_new_privs, limits. It inherits standard input, output and error, and nothing else. Resolves when
   * its execve has succeeded. The command ends when this process does, with all that it has started.
   *
   * @param argv - the program and its arguments; a name without a slash is looked for in the PATH of the command
   * @throws TslxcError OPERATION_INVALID when nothing runs or the container is paused; INVALID_ARG for options that make
   * no sense and a user that the container does not have; SYSTEM_ERROR with `errno`, `path` and `step` when the program or
   * the working directory is missing or may not be used; OPERATION_ABORTED; OPERATION_TIMEOUT when it was not executed
   * within the connection's `startTimeout`.
   * @example
   * const process = await domain.exec(['cat', '/etc/hostname'], { stdin: 'ignore', timeout: 5000 });
   * for await (const chunk of process.stdout) console.log(String(chunk));
   * const result = await process.result; // { code: 0 }
   */
  exec(
    argv: readonly string[],
    options: ExecOptions & { readonly tty: WindowSize },
  ): Promise<TerminalProcess>;
  exec(
    argv: readonly string[],
    options?: ExecOptions & { readonly tty?: undefined },
  ): Promise<PipedProcess>;
  async exec(
    argv: readonly string[],
    options: ExecOptions = {},
  ): Promise<PipedProcess | TerminalProcess> {
    this.session.requireAccess('write', 'Domain.exec');
    return execCommand(this.session, this.identity, { argv, options });
  }
}
