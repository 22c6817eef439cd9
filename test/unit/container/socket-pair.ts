/** Two connected stream sockets of this process, as a channel between caller and monitor is. */
import { once } from 'node:events';
import { mkdtempSync, rmSync } from 'node:fs';
import { createConnection, createServer } from 'node:net';
import type { Socket } from 'node:net';
import { tmpdir } from 'node:os';
import { join } from 'node:path';

export interface SocketPair extends Disposable {
  readonly ours: Socket;
  readonly theirs: Socket;
}

export async function socketPair(): Promise<SocketPair> {
  const folder = mkdtempSync(join(tmpdir(), 'tslxc-pair-'));
  const server = createServer();
  server.listen(join(folder, 'socket'));
  await once(server, 'listening');
  const accepted = once(server, 'connection') as Promise<[Socket]>;
  const ours = createConnection(join(folder, 'socket'));
  await once(ours, 'connect');
  const [theirs] = await accepted;
  theirs.on('error', () => undefined);
  server.close();
  rmSync(folder, { recursive: true });
  const close = (): void => {
    ours.destroy();
    theirs.destroy();
  };
  return { ours, theirs, [Symbol.dispose]: close };
}
