/**
 * Reads from a client's socket, including the descriptors sent along with the bytes: Node.js reads only the bytes, and the kernel
 * then closes the descriptors. So Node.js writes to the socket, and never reads from it.
 */
import type { Socket } from 'node:net';
import { native } from '../../host/native';
import type { ReadableWatch, ReceivedBytes } from '../../host/calls/socket-calls';
import { socketDescriptor } from './descriptors/descriptors';

/** Receives what has been read. */
export interface Hearer {
  /** How many descriptors may arrive at once at this moment: if more do, the socket is destroyed. */
  mostDescriptors(): number;
  /** Bytes, and the descriptors received with the last of them, which the hearer then owns. */
  hear(bytes: Buffer, descriptors: readonly number[]): void;
  /** No more will come. */
  hearEnd(): void;
}

/** The receiving side of a client's connection. */
export interface Reception {
  /** Begins to read. Called once. */
  begin(hearer: Hearer): void;
  /** Stops reading: the kernel's buffer fills up, and the client has to wait. */
  pause(): void;
  /** Continues to read. */
  resume(): void;
  /** Stops reading for good; does nothing the second time. */
  close(): void;
}

type State = 'on' | 'off' | 'ended';

export class SocketReception implements Reception {
  readonly #socket: Socket;
  readonly #watch: ReadableWatch;
  #hearer: Hearer | undefined;
  #state: State = 'off';

  /**
   * @param socket - one that Node does not read (`pauseOnConnect` of its server)
   * @throws SyscallError when the process has reached its limit of descriptors.
   */
  constructor(socket: Socket) {
    this.#socket = socket;
    this.#watch = native().watchReadable(socketDescriptor(socket), () => this.#read());
  }

  begin(hearer: Hearer): void {
    this.#hearer = hearer;
    this.resume();
  }

  pause(): void {
    this.#change('off');
  }

  resume(): void {
    this.#change('on');
  }

  close(): void {
    this.#change('ended');
  }

  #change(state: State): void {
    if (this.#state === state || this.#state === 'ended') return;
    this.#state = state;
    native().changeWatch(this.#watch, state);
  }

  #read(): void {
    const received = this.#received();
    if (received === undefined) return;
    if (received.bytes.length > 0) {
      this.#hearer?.hear(received.bytes, received.descriptors);
      return;
    }
    this.close();
    this.#hearer?.hearEnd();
  }

  /**
   * Undefined if there is nothing to read; also if the client is gone, or has sent something that is not allowed, which closes
   * the connection.
   */
  #received(): ReceivedBytes | undefined {
    const most = this.#hearer?.mostDescriptors() ?? 0;
    try {
      return native().receiveFrom(socketDescriptor(this.#socket), most);
    } catch {
      this.close();
      this.#socket.destroy();
      return undefined;
    }
  }
}
