/**
 * A TCP port that leads to the daemon's socket, for clients that know one URI alone: where they ask for a machine's driver, they get that of
 * containers.
 */
import { once } from 'node:events';
import { connect, createServer } from 'node:net';
import type { Server, Socket } from 'node:net';

const asked = 'qemu:///system';
const given = 'lxc:///';

/** A text as XDR has it. */
function xdrText(text: string): Buffer {
  const bytes = Buffer.alloc(4 + Math.ceil(text.length / 4) * 4);
  bytes.writeUInt32BE(text.length);
  bytes.write(text, 4);
  return bytes;
}

/** A call as its client sends it, whole, with the other URI in the place of that one. */
export function withOtherUri(call: Buffer): Buffer {
  const at = call.indexOf(xdrText(asked));
  if (at < 0) return call;
  if (call.length !== call.readUInt32BE()) throw new Error('the call that opens is not alone');
  const changed = Buffer.concat([
    call.subarray(0, at),
    xdrText(given),
    call.subarray(at + xdrText(asked).length),
  ]);
  changed.writeUInt32BE(changed.length);
  return changed;
}

export class UriGateway implements AsyncDisposable {
  readonly #server: Server;
  readonly #sockets = new Set<Socket>();

  private constructor(server: Server) {
    this.#server = server;
  }

  /** @param port - of 127.0.0.1 */
  static async open(port: number, path: string): Promise<UriGateway> {
    const gateway = new UriGateway(createServer((client) => gateway.#lead(client, connect(path))));
    gateway.#server.listen(port, '127.0.0.1');
    await once(gateway.#server, 'listening');
    return gateway;
  }

  async [Symbol.asyncDispose](): Promise<void> {
    for (const socket of this.#sockets) socket.destroy();
    const closed = once(this.#server, 'close');
    this.#server.close();
    await closed;
  }

  #lead(client: Socket, daemon: Socket): void {
    const both = [client, daemon];
    for (const socket of both) {
      this.#sockets.add(socket);
      socket.on('close', () => {
        this.#sockets.delete(socket);
        for (const one of both) one.destroy();
      });
      // The other side hears of it by the close.
      socket.on('error', () => undefined);
    }
    client.on('data', (bytes: Buffer) => void daemon.write(withOtherUri(bytes)));
    daemon.pipe(client);
  }
}
