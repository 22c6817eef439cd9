/**
 * What comes by the socket of a client, with the descriptors that come with it: Node.js reads bytes alone, and the kernel closes
 * what else they bring. So the socket is Node's for what is sent, and is never read by it.
 */
import type { Socket } from 'node:net';
import { native } from '../../host/native';
import type { ReadableWatch, ReceivedBytes } from '../../host/calls/socket-calls';
import { socketDescriptor } from './descriptors';

/** Who is told of what comes. */
export interface Hearer {
  /** How many descriptors may come at once by now: with more of them the socket is destroyed. */
  mostDescriptors(): number;
  /** Bytes, and the descriptors that have come with the last of them, which are the hearer's. */
  hear(bytes: Buffer, descriptors: readonly number[]): void;
  /** No more will come. */
  hearEnd(): void;
}

/** Where a client is read from. */
export interface Reception {
  /** Begins to read. Called once. */
  begin(hearer: Hearer): void;
  /** Leaves what comes to the kernel, which takes no more of it than it has room for. */
  pause(): void;
  /** Reads on. */
  resume(): void;
  /** Reads no more; does nothing the second time. */
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
   * @throws SyscallError when the process may have no more descriptors.
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

  /** Undefined when there is nothing: also of a client that is gone, or that has sent what it may not. */
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
