/**
 * One client of the daemon: reads its frames, and sends its answers, within limits. A client may have a few calls in progress at
 * once; it is not read from while it has that many, nor while it does not read its answers. If messages that it did not ask for
 * pile up, it is disconnected. What all clients of a user have together is bounded by `User`: a call that has to wait for the calls
 * of others holds up no ping and no packet of a stream, as in libvirt.
 */
import type { Socket } from 'node:net';
import type { Duplex } from 'node:stream';
import { ProtocolError } from '../../errors';
import type { TslxcError } from '../../errors';
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
import type { Quota } from '../users/quota';
import type { FrameOwner } from '../users/unfinished-frames';
import type { User } from '../users/users';
import type { XdrReader } from '../xdr/reader';
import { Eagerness } from './attention';
import type { Attention } from './attention';
import { IncomingMessages, WaitingMessages } from './incoming';
import type { CloseDescriptors, Incoming } from './incoming';
import { Keepalive } from './keepalive';
import { decodeFrame, encodeMessage, encodeRaw, isCall } from './message';
import type { WriteBody } from './message';
import type { Answer, Conversation, Credentials, Notification, Peer } from './peer';
import type { Reception } from './reception';
import { Outgoing } from './outgoing';
import type { OutgoingOptions } from './outgoing';
import { Streams } from './streams';

/** The most calls and packets of one client that are in progress at once, as in libvirt. */
export const mostRequests = 5;

/**
 * The most calls and packets that are begun in one iteration of the event loop: many are answered at once, in some tenths of a
 * millisecond each.
 */
export const mostInTurn = 10;

/** Bytes that may be waiting for the client to read before its next call is handled. */
export const muchToSend = 1_048_576;

/**
 * Bytes that may be waiting for the client to read before a message that it did not ask for disconnects it: all of them for root's;
 * for others', those of such messages.
 */
const tooMuchToSend = longestMessage;
export const tooManyNotices = 262_144;

/** Bytes of calls that wait, with which a client is read no further. */
export const muchWaiting = 65_536;

/** The most bytes in a frame of a client that may change nothing, or nothing yet: it has nothing long to say. */
export const longestWithoutWrite = 262_144;

/** Told of the server's work, so that something can be done once there is none. */
export interface Activity {
  /** A client's call is in progress, until `end`. */
  begin(): void;
  end(): void;
  /** Something else that takes memory has come or gone: a client, bytes of a stream, an event message. A ping does not count. */
  touch(): void;
}

export interface ClientOptions extends OutgoingOptions {
  /** Used for receiving. */
  readonly reception: Reception;
  readonly access: Peer['access'];
  readonly credentials: Credentials;
  /** Whose client it is. */
  readonly user: User;
  /** Makes the conversation that answers the client's calls. */
  readonly converse: (peer: Peer) => Conversation;
  /** Closes descriptors that came with a message, once it is answered. */
  readonly closeDescriptors: CloseDescriptors;
  /** Waits awake for the next call of a client that asks one thing after the other. */
  readonly attention: Attention;
  /** Told of the client's calls, streams and event messages. */
  readonly activity?: Activity | undefined;
}

export class Client implements Peer, FrameOwner {
  readonly access: Peer['access'];
  readonly credentials: Credentials;
  /** Resolves when the client is gone, and everything of it has been released. */
  readonly gone: Promise<void>;
  readonly #options: ClientOptions;
  readonly #socket: Socket;
  readonly #reception: Reception;
  readonly #incoming: IncomingMessages;
  /** Messages that were received while as many as allowed were in progress. */
  readonly #waiting = new WaitingMessages();
  #wasHeard = true;
  readonly #conversation: Conversation;
  readonly #outgoing: Outgoing;
  readonly #user: User;
  readonly #goOnAgain = (): void => this.#goOn();
  readonly #streams: Streams;
  readonly #eagerness: Eagerness;
  #keepalive: Keepalive | undefined;
  /** Bytes of messages that it did not ask for, and that the kernel has not taken. */
  #noticed = 0;
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
    this.#user = options.user;
    this.#outgoing = new Outgoing(options);
    this.#eagerness = new Eagerness(options.attention);
    this.#incoming = new IncomingMessages(() => this.longestFrame, options.closeDescriptors);
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

  get callbacks(): Quota {
    return this.#user.callbacks;
  }

  /** False while it is not read from for the sake of calls, its own or its user's: what it says goes unnoticed. */
  get isHeard(): boolean {
    const { count, bytes } = this.#waiting;
    return this.#underWay + count < mostRequests && bytes < muchWaiting && !this.#isTooLongForNow;
  }

  get longestFrame(): number {
    const mayWrite = this.access === 'read-write' && !this.isStranger;
    return mayWrite ? longestMessage : longestWithoutWrite;
  }

  /** A call whose header has come gets an answer; then the client is gone, for nothing that follows can be understood. */
  giveUpFrame(reason: TslxcError): void {
    const begun = this.#incoming.begun;
    if (begun !== undefined && isCall(begun)) {
      const { header } = decodeFrame(begun);
      void this.#sendError({ ...header, type: messageTypes.reply }, reason);
    }
    this.closeSoon();
    // What such a client does not read is not kept either.
    if (this.#socket.writableLength > 0) this.#socket.destroy();
  }

  notify({ program, version, procedure, body }: Notification): void {
    this.#options.activity?.touch();
    const header = { program, version, procedure, serial: 1, ...messageKinds.message };
    const message = encodeMessage(header, body);
    const sent = this.#outgoing.send([message]);
    // Most often the kernel has it by now, which the promise tells only after all that is sent in one go.
    if (this.#outgoing.isEmpty) return;
    this.#noticed += message.length;
    void sent.finally(() => (this.#noticed -= message.length));
    const isTooMuch =
      this.credentials.uid === 0
        ? this.#socket.writableLength > tooMuchToSend
        : this.#noticed > tooManyNotices;
    if (isTooMuch) this.#socket.destroy();
  }

  openStream(call: Header, stream: Duplex): void {
    if (this.#state === 'closed') stream.destroy();
    else this.#streams.open(call, stream);
  }

  startKeepalive(): void {
    this.#keepalive ??= new Keepalive({
      isHeard: () => this.isHeard,
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
      const messages = this.#incoming.take(bytes, descriptors);
      for (const message of messages) this.#waiting.add(message);
      if (messages.length > 0) this.#user.unfinished.finish(this);
      if (this.#incoming.pending > 0) this.#user.unfinished.note(this, this.#incoming.pending);
    } catch {
      // Nothing that follows can be understood.
      this.#socket.destroy();
      return;
    }
    this.#goOn();
  }

  /** Begins waiting messages as far as the limits allow, and continues or stops reading accordingly. */
  #goOn(): void {
    const { turns, unfinished } = this.#user;
    while (this.#state === 'open' && this.#mayBegin) {
      const incoming = this.#waiting.takeOther() ?? this.#nextCall();
      if (incoming === undefined) break;
      this.#begin(incoming);
    }
    const isHeard = this.isHeard;
    // What was not read has not come, and no time has passed for it.
    if (isHeard && !this.#wasHeard) unfinished.beginAgain(this);
    this.#wasHeard = isHeard;
    if (isHeard && this.#mayBegin) this.#reception.resume();
    else this.#reception.pause();
    const waits = this.#waiting.calls > 0 || this.#isTooLongForNow;
    if (this.#state === 'open' && waits && !turns.isFree) turns.wait(this.#goOnAgain);
    if (this.#begun < mostInTurn || this.#nextTurn !== undefined) return;
    this.#nextTurn = setImmediate(() => this.#takeTurn());
  }

  #nextCall(): Incoming | undefined {
    return this.#user.turns.isFree ? this.#waiting.takeCall() : undefined;
  }

  #begin(incoming: Incoming): void {
    // A packet may have to wait for a program to read it, which is no work.
    const turns = isCall(incoming.frame) ? this.#user.turns : undefined;
    turns?.begin();
    this.#underWay += 1;
    this.#begun += 1;
    void this.#handle(incoming).finally(() => {
      this.#options.closeDescriptors(incoming.descriptors);
      this.#underWay -= 1;
      turns?.end();
      this.#goOn();
    });
  }

  #takeTurn(): void {
    this.#nextTurn = undefined;
    this.#begun = 0;
    this.#goOn();
  }

  get #mayBegin(): boolean {
    const hasRoom = this.#socket.writableLength < muchToSend;
    return hasRoom && this.#underWay < mostRequests && this.#begun < mostInTurn;
  }

  /** A long call that could not begin is not kept: what has come of it waits for the calls before it. */
  get #isTooLongForNow(): boolean {
    return this.#incoming.pending > longestWithoutWrite && !this.#user.turns.isFree;
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
      await this.#outgoing.sendWith(message, descriptors);
      after?.();
      return;
    }
    const sent = this.#outgoing.send([message]);
    after?.();
    // A call is in progress until the kernel has taken its answer, so that answers to a client that does not read do not pile up.
    await sent;
  }

  #sendPacket(header: Header, bytes: Uint8Array): Promise<void> {
    this.#options.activity?.touch();
    return this.#outgoing.send(encodeRaw(header, bytes));
  }

  #sendError(header: Header, error: unknown): Promise<void> {
    const status = messageStatuses.error;
    const reply = this.#conversation.errorOf(error, header);
    return this.#outgoing.send([
      encodeMessage({ ...header, status }, (writer) => errorReply.write(writer, reply)),
    ]);
  }

  #answerPing({ procedure }: Header): void {
    if (procedure === keepaliveProcedures.ping) this.#sendKeepalive(keepaliveProcedures.pong);
  }

  #sendKeepalive(procedure: number): void {
    const { number: program, version } = programs.keepalive;
    const header = { program, version, procedure, serial: 0, ...messageKinds.message };
    void this.#outgoing.send([encodeMessage(header, () => undefined)]);
  }

  async #end(): Promise<void> {
    this.#state = 'closed';
    this.#reception.close();
    for (const { descriptors } of this.#waiting.takeAll()) {
      this.#options.closeDescriptors(descriptors);
    }
    this.#incoming.close();
    this.#user.unfinished.finish(this);
    this.#user.turns.leave(this.#goOnAgain);
    this.#keepalive?.stop();
    this.#streams.close();
    await this.#conversation.close();
  }
}

const messageKinds = {
  message: { type: messageTypes.message, status: messageStatuses.ok },
  reply: { type: messageTypes.reply, status: messageStatuses.ok },
  replyWithDescriptors: { type: messageTypes.replyWithDescriptors, status: messageStatuses.ok },
} as const;

/** @throws ProtocolError, which becomes an error reply; the connection stays open. */
function checkCall({ status }: Header): void {
  if (status !== messageStatuses.ok) throw new ProtocolError(`Unexpected message status ${status}`);
}
