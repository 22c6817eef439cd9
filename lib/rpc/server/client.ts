/**
 * One client of the daemon: reads its frames, and sends its answers, within limits. A client may have a few calls in progress at
 * once; it is not read from while it has that many, nor while it does not read its answers. If messages that it did not ask for
 * pile up, it is disconnected.
 */
import type { Socket } from 'node:net';
import type { Duplex } from 'node:stream';
import { ProtocolError } from '../../errors';
import {
  keepaliveProcedures,
  longestMessage,
  messageStatuses,
  messageTypes,
  mostDescriptors,
  programs,
} from '../protocol/numbers';
import { errorReply } from '../protocol/values';
import type { Header } from '../protocol/values';
import type { XdrReader } from '../xdr/reader';
import { Eagerness } from './attention';
import type { Attention } from './attention';
import { IncomingMessages } from './incoming';
import type { CloseDescriptors, Incoming } from './incoming';
import { Keepalive } from './keepalive';
import { decodeFrame, encodeMessage, encodeRaw } from './message';
import type { WriteBody } from './message';
import type { Answer, Conversation, Credentials, Notification, Peer } from './peer';
import type { Reception } from './reception';
import { Streams } from './streams';

/** The most calls and packets of one client that are in progress at once, as in libvirt. */
const mostRequests = 5;

/**
 * The most calls and packets that are begun in one iteration of the event loop: many are answered at once, in some tenths of a
 * millisecond each.
 */
const mostInTurn = 10;

/** Bytes that may be waiting for the client to read before its next call is handled. */
const muchToSend = 1_048_576;

/** Bytes that may be waiting for the client to read before a message that it did not ask for disconnects it. */
const tooMuchToSend = longestMessage;

/** The most bytes in a message that is sent past Node.js's stream if nothing else is waiting to be sent. */
const shortMessage = 65_536;

/** The most bytes in a frame of a client that may change nothing, or nothing yet: it has nothing long to say. */
const longestWithoutWrite = 262_144;

/** Told of the server's work, so that something can be done once there is none. */
export interface Activity {
  /** A client's call is in progress, until `end`. */
  begin(): void;
  end(): void;
  /** Something else that takes memory has come or gone: a client, bytes of a stream, an event message. A ping does not count. */
  touch(): void;
}

export interface ClientOptions {
  /** Used for sending, and closed at the end. */
  readonly socket: Socket;
  /** Used for receiving. */
  readonly reception: Reception;
  readonly access: Peer['access'];
  readonly credentials: Credentials;
  /** Makes the conversation that answers the client's calls. */
  readonly converse: (peer: Peer) => Conversation;
  /** Sends over a socket that has nothing else to send: how many of the bytes the kernel has taken at once. */
  readonly sendAtOnce: (socket: Socket, bytes: Uint8Array) => number;
  /** Sends descriptors over a socket that has nothing else to send: after their message, as libvirt does. */
  readonly sendDescriptors: (socket: Socket, descriptors: readonly number[]) => Promise<void>;
  /** Closes descriptors that came with a message, once it is answered. */
  readonly closeDescriptors: CloseDescriptors;
  /** Waits awake for the next call of a client that asks one thing after the other. */
  readonly attention: Attention;
  /** Told of the client's calls, streams and event messages. */
  readonly activity?: Activity | undefined;
}

export class Client implements Peer {
  readonly access: Peer['access'];
  readonly credentials: Credentials;
  /** Resolves when the client is gone, and everything of it has been released. */
  readonly gone: Promise<void>;
  readonly #options: ClientOptions;
  readonly #socket: Socket;
  readonly #reception: Reception;
  readonly #incoming: IncomingMessages;
  /** Messages that were received while as many as allowed were in progress. */
  readonly #waiting: Incoming[] = [];
  readonly #conversation: Conversation;
  readonly #streams: Streams;
  readonly #eagerness: Eagerness;
  #keepalive: Keepalive | undefined;
  /** Pending while a message and its descriptors are being sent: whatever is sent meanwhile comes after them. */
  #gate: Promise<void> | undefined;
  #underWay = 0;
  /** How many calls and packets were begun in this iteration of the event loop. */
  #begun = 0;
  #nextTurn: NodeJS.Immediate | undefined;
  #state: 'open' | 'closing' | 'closed' = 'open';

  constructor(options: ClientOptions) {
    const { socket, reception, access, credentials } = options;
    this.#options = options;
    this.#socket = socket;
    this.#reception = reception;
    this.access = access;
    this.credentials = credentials;
    this.#eagerness = new Eagerness(options.attention);
    this.#incoming = new IncomingMessages(() => this.#longest(), options.closeDescriptors);
    this.#conversation = options.converse(this);
    this.#streams = new Streams({
      send: (header, bytes) => this.#sendPacket(header, bytes),
      sendError: (header, error) => void this.#sendError(header, error),
    });
    this.gone = new Promise((resolve) => {
      socket.once('close', () => void this.#end().then(resolve));
    });
    socket.on('drain', () => this.#goOn());
    // `close` follows.
    socket.on('error', () => undefined);
    reception.begin({
      mostDescriptors: () => (this.#conversation.takesDescriptors ? mostDescriptors : 0),
      hear: (bytes, descriptors) => this.#receive(bytes, descriptors),
      hearEnd: () => this.closeSoon(),
    });
  }

  /** Whether it has still to be said that it may do anything. */
  get isStranger(): boolean {
    return this.#conversation.isStranger;
  }

  notify({ program, version, procedure, body }: Notification): void {
    this.#options.activity?.touch();
    const header = { program, version, procedure, serial: 1, ...messageKinds.message };
    void this.#send([encodeMessage(header, body)]);
    if (this.#socket.writableLength > tooMuchToSend) this.#socket.destroy();
  }

  openStream(call: Header, stream: Duplex): void {
    if (this.#state === 'closed') stream.destroy();
    else this.#streams.open(call, stream);
  }

  startKeepalive(): void {
    this.#keepalive ??= new Keepalive({
      isHeard: () => this.#underWay < mostRequests,
      ping: () => this.#sendKeepalive(keepaliveProcedures.ping),
      giveUp: () => this.#socket.destroy(),
    });
  }

  closeSoon(): void {
    if (this.#state !== 'open') return;
    this.#state = 'closing';
    this.#socket.end(() => this.#socket.destroy());
  }

  /** At once. */
  close(): void {
    this.#socket.destroy();
  }

  #longest(): number {
    const mayWrite = this.access === 'read-write' && !this.isStranger;
    return mayWrite ? longestMessage : longestWithoutWrite;
  }

  #receive(bytes: Buffer, descriptors: readonly number[]): void {
    // What arrives while the connection is closing is not even kept.
    if (this.#state !== 'open') {
      this.#options.closeDescriptors(descriptors);
      return;
    }
    this.#keepalive?.hear();
    this.#eagerness.hear();
    this.#begun = 0;
    try {
      this.#waiting.push(...this.#incoming.take(bytes, descriptors));
    } catch {
      // Nothing that follows can be understood.
      this.#socket.destroy();
      return;
    }
    this.#goOn();
  }

  /** Begins waiting messages as far as the limits allow, and continues or stops reading accordingly. */
  #goOn(): void {
    while (this.#state === 'open' && this.#isFree()) {
      const incoming = this.#waiting.shift();
      if (incoming === undefined) break;
      this.#underWay += 1;
      this.#begun += 1;
      void this.#handle(incoming).finally(() => {
        this.#options.closeDescriptors(incoming.descriptors);
        this.#underWay -= 1;
        this.#goOn();
      });
    }
    if (this.#isFree()) this.#reception.resume();
    else this.#reception.pause();
    if (this.#begun < mostInTurn || this.#nextTurn !== undefined) return;
    this.#nextTurn = setImmediate(() => this.#takeTurn());
  }

  #takeTurn(): void {
    this.#nextTurn = undefined;
    this.#begun = 0;
    this.#goOn();
  }

  #isFree(): boolean {
    const hasRoom = this.#socket.writableLength < muchToSend;
    return this.#underWay < mostRequests && this.#begun < mostInTurn && hasRoom;
  }

  async #handle({ frame, descriptors }: Incoming): Promise<void> {
    const { header, body, raw } = decodeFrame(frame);
    switch (header.type) {
      case messageTypes.call:
      case messageTypes.callWithDescriptors:
        return this.#call(header, body, descriptors);
      case messageTypes.stream:
        this.#options.activity?.touch();
        return this.#streams.receive(header, raw);
      case messageTypes.message:
        if (header.program === programs.keepalive.number) this.#answerPing(header);
        return undefined;
      default:
        // A type that only a server sends. libvirt does not answer it either.
        return undefined;
    }
  }

  async #call(call: Header, body: XdrReader, descriptors: readonly number[]): Promise<void> {
    try {
      checkCall(call);
      // The number of descriptors that came with it.
      if (call.type === messageTypes.callWithDescriptors) body.uint();
      const answer = await this.#answer(call, body, descriptors);
      await this.#reply(call, answer);
    } catch (error) {
      await this.#sendError({ ...call, type: messageTypes.reply }, error);
    }
    this.#eagerness.answer();
  }

  /** For `activity`, a call ends before the client has read the answer: a client that does not read is no work. */
  async #answer(call: Header, body: XdrReader, descriptors: readonly number[]): Promise<Answer> {
    this.#options.activity?.begin();
    try {
      return await this.#conversation.answer(call, body, descriptors);
    } finally {
      this.#options.activity?.end();
    }
  }

  async #reply(call: Header, { body, descriptors = [], after }: Answer): Promise<void> {
    const kind = descriptors.length === 0 ? messageKinds.reply : messageKinds.replyWithDescriptors;
    const counted: WriteBody = (writer) => {
      if (descriptors.length > 0) writer.uint(descriptors.length);
      body(writer);
    };
    const message = encodeMessage({ ...call, ...kind }, counted);
    if (descriptors.length > 0) {
      await this.#sendWith(message, descriptors);
      after?.();
      return;
    }
    const sent = this.#send([message]);
    after?.();
    // A call is in progress until the kernel has taken its answer, so that answers to a client that does not read do not pile up.
    await sent;
  }

  #sendPacket(header: Header, bytes: Uint8Array): Promise<void> {
    this.#options.activity?.touch();
    return this.#send(encodeRaw(header, bytes));
  }

  #sendError(header: Header, error: unknown): Promise<void> {
    const status = messageStatuses.error;
    const reply = this.#conversation.errorOf(error, header);
    return this.#send([
      encodeMessage({ ...header, status }, (writer) => errorReply.write(writer, reply)),
    ]);
  }

  #answerPing({ procedure }: Header): void {
    if (procedure === keepaliveProcedures.ping) this.#sendKeepalive(keepaliveProcedures.pong);
  }

  #sendKeepalive(procedure: number): void {
    const { number: program, version } = programs.keepalive;
    const header = { program, version, procedure, serial: 0, ...messageKinds.message };
    void this.#send([encodeMessage(header, () => undefined)]);
  }

  /** Sends a message, and its descriptors right behind it. */
  #sendWith(message: Buffer, descriptors: readonly number[]): Promise<void> {
    const before = this.#gate ?? Promise.resolve();
    const gate = before
      .then(() => this.#write([message]))
      .then(() => this.#options.sendDescriptors(this.#socket, descriptors));
    this.#gate = gate;
    // The first handler of `gate`: it is cleared before those that wait for it continue, so that none of them is overtaken.
    void gate.then(() => {
      if (this.#gate === gate) this.#gate = undefined;
    });
    return gate;
  }

  /** Resolves when the kernel has taken it, or the client is gone. */
  #send(parts: readonly Buffer[]): Promise<void> {
    return this.#gate === undefined
      ? this.#write(parts)
      : this.#gate.then(() => this.#write(parts));
  }

  async #write(parts: readonly Buffer[]): Promise<void> {
    if (this.#state === 'closed' || !this.#socket.writable) return;
    const rest = this.#unsent(parts);
    if (rest.length === 0) return;
    this.#socket.cork();
    const written = rest.map(
      (part) => new Promise<void>((resolve) => this.#socket.write(part, () => resolve())),
    );
    this.#socket.uncork();
    await Promise.all(written);
  }

  /** The parts that the kernel does not take at once. It takes most answers, which costs less than to have Node.js's stream track them. */
  #unsent(parts: readonly Buffer[]): readonly Buffer[] {
    const [only = nothing, ...others] = parts;
    const isShort = others.length === 0 && only.length <= shortMessage;
    if (!isShort || this.#socket.writableLength > 0) return parts;
    const sent = this.#options.sendAtOnce(this.#socket, only);
    return sent === only.length ? others : [only.subarray(sent)];
  }

  async #end(): Promise<void> {
    this.#state = 'closed';
    this.#reception.close();
    for (const { descriptors } of this.#waiting.splice(0)) {
      this.#options.closeDescriptors(descriptors);
    }
    this.#incoming.close();
    this.#keepalive?.stop();
    this.#streams.close();
    await this.#conversation.close();
  }
}

const nothing = Buffer.alloc(0);

const messageKinds = {
  message: { type: messageTypes.message, status: messageStatuses.ok },
  reply: { type: messageTypes.reply, status: messageStatuses.ok },
  replyWithDescriptors: { type: messageTypes.replyWithDescriptors, status: messageStatuses.ok },
} as const;

/** @throws ProtocolError, which becomes an error reply; the connection stays open. */
function checkCall({ status }: Header): void {
  if (status !== messageStatuses.ok) throw new ProtocolError(`Unexpected message status ${status}`);
}
