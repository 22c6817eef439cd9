/** A client of the protocol that sends what a test wants, right or wrong, and shows each message that comes back. */
import { once } from 'node:events';
import { connect } from 'node:net';
import type { Socket } from 'node:net';
import { headerSize, lengthSize, messageTypes, programs } from '../../../lib/rpc/protocol/numbers';
import { errorReply } from '../../../lib/rpc/protocol/values';
import type { ErrorReply, Header } from '../../../lib/rpc/protocol/values';
import type { ArgumentsOf, Procedure, ResultOf } from '../../../lib/rpc/protocol/procedure';
import { FrameReader } from '../../../lib/rpc/server/frame-reader';
import { decodeFrame, encodeMessage } from '../../../lib/rpc/server/message';
import { XdrReader } from '../../../lib/rpc/xdr/reader';
import { eventually } from '../time/eventually';

export interface Received {
  readonly header: Header;
  readonly body: Buffer;
}

export class RawClient implements Disposable {
  readonly #socket: Socket;
  readonly #frames = new FrameReader();
  readonly #received: Received[] = [];
  readonly #wakers: (() => void)[] = [];
  #serial = 0;
  #closed = false;

  /** @param socket - a connected one */
  constructor(socket: Socket) {
    this.#socket = socket;
    socket.on('data', (bytes: Buffer) => {
      for (const { bytes: frame } of this.#frames.take(bytes, 2 ** 26)) {
        const { header, raw } = decodeFrame(frame);
        this.#received.push({ header, body: raw });
      }
      this.#wake();
    });
    socket.on('error', () => undefined);
    socket.on('close', () => {
      this.#closed = true;
      this.#wake();
    });
  }

  static async connect(path: string): Promise<RawClient> {
    const socket = connect(path);
    await once(socket, 'connect');
    return new RawClient(socket);
  }

  get socket(): Socket {
    return this.#socket;
  }

  get isClosed(): boolean {
    return this.#closed;
  }

  /** Bytes as they are. */
  send(bytes: Uint8Array): void {
    this.#socket.write(bytes);
  }

  /** A header with these fields, and bytes after it; the length says so unless it is given. */
  sendFrame(fields: Partial<Header>, body: Uint8Array = Buffer.alloc(0), length?: number): void {
    const { number: program, version } = programs.remote;
    const usual = {
      program,
      version,
      procedure: 66,
      type: messageTypes.call,
      serial: 1,
      status: 0,
    };
    const head = encodeMessage({ ...usual, ...fields }, () => undefined);
    head.writeUInt32BE(length ?? lengthSize + headerSize + body.length, 0);
    this.send(Buffer.concat([head, body]));
  }

  /** Calls a procedure. */
  async call<P extends Procedure<unknown, unknown>>(
    procedure: P,
    given: ArgumentsOf<P>,
  ): Promise<ResultOf<P> | ErrorReply> {
    this.#serial += 1;
    const { number: program, version } = programs.remote;
    const header = {
      program,
      version,
      procedure: procedure.number,
      type: 0,
      serial: this.#serial,
      status: 0,
    };
    const codec = procedure.arguments;
    this.send(encodeMessage(header, (writer) => codec.write(writer, given)));
    const { header: answer, body } = await this.next(
      (one) => one.header.serial === header.serial && one.header.type === messageTypes.reply,
    );
    const reader = new XdrReader(body);
    return answer.status === 0
      ? (procedure.result.read(reader) as ResultOf<P>)
      : errorReply.read(reader);
  }

  /** The next message that fits, which is then taken; rejects when the connection is closed before. */
  async next(fits: (received: Received) => boolean = () => true): Promise<Received> {
    for (;;) {
      const at = this.#received.findIndex(fits);
      const [found] = at < 0 ? [] : this.#received.splice(at, 1);
      if (found !== undefined) return found;
      if (this.#closed) throw new Error('the connection is closed');
      await new Promise<void>((resolve) => this.#wakers.push(resolve));
    }
  }

  /** The error of the next message. */
  async nextError(): Promise<ErrorReply> {
    const { body } = await this.next(({ header }) => header.status === 1);
    return errorReply.read(new XdrReader(body));
  }

  /** Resolves when the server has closed the connection; rejects, before the time of a test is up, when it does not. */
  async closed(): Promise<void> {
    await eventually(() => {
      if (!this.#closed) throw new Error('the server has not closed the connection');
    }, 2500);
  }

  [Symbol.dispose](): void {
    this.#socket.destroy();
  }

  #wake(): void {
    for (const waker of this.#wakers.splice(0)) waker();
  }
}
