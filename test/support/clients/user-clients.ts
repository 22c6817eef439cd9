/** Clients of users other than root, as the kernel tells the server of them. */
import { spawn } from 'node:child_process';
import type { ChildProcess } from 'node:child_process';
import { once } from 'node:events';
import { closeSync, openSync } from 'node:fs';
import type { Socket } from 'node:net';
import { RawClient } from './raw-client';

/** Connects to the path of each message, and hands the connection over before anything is read of it. */
const connects = `process.on('message', (path) => {
  const socket = require('node:net').connect(path, () => process.send('', socket)).pause();
});`;

/**
 * A process for each user, which connects in place of this one: Node.js refuses process.seteuid where its libuv may use io_uring, as
 * that of Debian 13.
 */
export class UserClients implements AsyncDisposable {
  readonly #processes = new Map<number, ChildProcess>();

  /** One after the other for each user. */
  async connect(path: string, uid: number): Promise<RawClient> {
    const child = this.#processes.get(uid) ?? this.#spawn(uid);
    child.send(path);
    const over = new AbortController();
    // It ends by what it can't do, such as a connection that is refused.
    child.once('exit', () => over.abort());
    const [, socket] = (await once(child, 'message', over)) as [string, Socket];
    return new RawClient(socket);
  }

  #spawn(uid: number): ChildProcess {
    // Node.js by a descriptor: the user may not reach the folder that it is in.
    const program = openSync('/proc/self/exe', 'r');
    const child = spawn('/proc/self/fd/4', ['-e', connects], {
      ...{ uid, gid: uid, cwd: '/', env: {} },
      stdio: ['ignore', 'inherit', 'inherit', 'ipc', program],
    });
    closeSync(program);
    this.#processes.set(uid, child);
    return child;
  }

  async [Symbol.asyncDispose](): Promise<void> {
    for (const child of this.#processes.values()) {
      if (!child.connected) continue;
      const ended = once(child, 'exit');
      child.disconnect();
      await ended;
    }
  }
}
