/** Answers the calls of one client: finds the program and the procedure, checks access, and turns failures into error replies. */
import { TslxcError } from '../../errors';
import type { Connection } from '../../driver/connection';
import { absentProcedure } from '../protocol/absent/absent';
import type { ErrorOrigin } from '../protocol/error-numbers';
import { programs } from '../protocol/numbers';
import type { ErrorReply, Header } from '../protocol/values';
import type { Answer, Conversation, Peer } from '../server/peer';
import type { XdrReader } from '../xdr/reader';
import type { Call, ClientState, Opened } from './base/call';
import type { Access, Connections } from './base/connections';
import { errorReplyOf, WireError } from './base/wire-error';
import type { Authority } from './connect/authority';
import { ClientEvents } from './events/client-events';
import type { EventHub } from './events/event-hub';
import type { ServedProcedure, ServedPrograms } from './programs';

export interface ConversationParts {
  readonly connections: Pick<Connections, 'shared' | 'own'>;
  readonly hub: EventHub;
  readonly served: ServedPrograms;
  /** Decides whether a client that is not root may do anything; without it, only the modes of the sockets decide. */
  readonly authority?: Authority | undefined;
}

/** What a client may call before it is authorized. */
const waysIn: readonly string[] = ['AuthList', 'AuthPolkit'];

export class DaemonConversation implements Conversation, ClientState {
  readonly events: ClientEvents;
  readonly #peer: Peer;
  readonly #parts: ConversationParts;
  #opened: Opened | undefined;
  #access: Access = 'read-only';
  #connection: Connection | undefined;
  #own: Promise<Connection> | undefined;
  #isStranger: boolean;
  #asking: Promise<void> | undefined;
  /** Aborts a question to polkit when the client is gone. */
  readonly #gone = new AbortController();

  constructor(peer: Peer, parts: ConversationParts) {
    this.#peer = peer;
    this.#parts = parts;
    this.#isStranger = parts.authority !== undefined && peer.credentials.uid !== 0;
    this.events = new ClientEvents(peer);
    parts.hub.add(this.events);
  }

  async answer(call: Header, body: XdrReader, descriptors: readonly number[]): Promise<Answer> {
    const served = this.#parts.served.find(call);
    if (this.#isStranger && !waysIn.includes(served?.name ?? '')) throw stranger();
    if (served === undefined) throw this.#refusal(call);
    const { procedure, name } = served;
    if (procedure.access === 'write') this.#checkWritable(name);
    const given = procedure.arguments.read(body);
    return this.#perform({ header: call, descriptors }, served, given);
  }

  errorOf(error: unknown, call: Header): ErrorReply {
    return errorReplyOf(error, this.#originOf(call));
  }

  get takesDescriptors(): boolean {
    return this.#peer.access === 'read-write' && !this.#isStranger;
  }

  get isStranger(): boolean {
    return this.#isStranger;
  }

  async authorize(): Promise<void> {
    if (!this.#isStranger) return;
    const { credentials, access } = this.#peer;
    this.#asking ??= this.#parts.authority?.({ credentials, access }, this.#gone.signal);
    try {
      await this.#asking;
      this.#isStranger = false;
    } finally {
      // A client that was refused may ask again.
      this.#asking = undefined;
    }
  }

  get access(): Access {
    return this.#access;
  }

  get opened(): Opened {
    if (this.#opened === undefined) throw notOpen();
    return this.#opened;
  }

  connection(): Connection {
    if (this.#connection === undefined) throw notOpen();
    return this.#connection;
  }

  ownConnection(): Promise<Connection> {
    const opening = (this.#own ??= this.#parts.connections.own(this.#opened?.hardening));
    // The next call tries again.
    opening.catch(() => (this.#own = undefined));
    return opening;
  }

  async open(opened: Opened, access: Access): Promise<void> {
    if (this.#opened !== undefined) {
      throw new WireError('INTERNAL_ERROR', 'connection already open', 'rpc');
    }
    this.#opened = opened;
    this.#access = access;
    try {
      this.#connection = await this.#parts.connections.shared(access, opened.hardening);
    } catch (error) {
      this.#opened = undefined;
      throw error;
    }
  }

  async close(): Promise<void> {
    this.#gone.abort();
    this.events.close();
    await this.#parts.hub.remove(this.events).catch(() => undefined);
    const own = await this.#own?.catch(() => undefined);
    await own?.close();
  }

  async #perform(
    brought: Pick<Call, 'header' | 'descriptors'>,
    served: ServedProcedure,
    given: unknown,
  ): Promise<Answer> {
    let after: () => void = () => undefined;
    let toSend: readonly number[] = [];
    const call: Call = {
      ...brought,
      peer: this.#peer,
      client: this,
      after: (action) => (after = action),
      give: (descriptors) => (toSend = descriptors),
    };
    const result = await served.handle(call, given);
    const body: Answer['body'] = (writer) => served.procedure.result.write(writer, result);
    return { body, descriptors: toSend, after: () => after() };
  }

  /** The error for a call that is not served. */
  #refusal({ program, version, procedure }: Header): Error {
    const known = Object.values(programs).find(({ number }) => number === program);
    if (known === undefined || known.version !== version) {
      const detail = `Cannot find program ${program} version ${version}`;
      return new WireError('RPC', detail);
    }
    const absent = program === programs.remote.number ? absentProcedure(procedure) : undefined;
    if (absent === undefined) return new WireError('RPC', `unknown procedure: ${procedure}`);
    if (absent.access === 'write' && this.#isReadOnly()) return denied(absent.name, absent.origin);
    return new WireError('NO_SUPPORT', `vir${absent.name}`, absent.origin);
  }

  #checkWritable(name: string): void {
    if (this.#isReadOnly()) throw denied(name, originOfDenial(name));
  }

  #isReadOnly(): boolean {
    return this.#opened !== undefined
      ? this.#access === 'read-only'
      : this.#peer.access === 'read-only';
  }

  #originOf(call: Header): ErrorOrigin {
    return this.#parts.served.find(call)?.origin ?? 'rpc';
  }
}

function denied(name: string, origin: ErrorOrigin): WireError {
  return new WireError('OPERATION_DENIED', `read only access prevents vir${name}`, origin);
}

/** A client's right to write is asked for by the part of libvirt's library that has the function. */
function originOfDenial(name: string): ErrorOrigin {
  const found = writers.find(([prefix]) => name.startsWith(prefix));
  return found === undefined ? 'domain' : found[1];
}

const writers: readonly (readonly [prefix: string, origin: ErrorOrigin])[] = [
  ['Network', 'network'],
  ['NWFilter', 'filter'],
  ['Secret', 'secret'],
  ['Storage', 'storage'],
];

function stranger(): WireError {
  return new WireError('RPC', 'authentication required', 'rpc');
}

function notOpen(): TslxcError {
  return new TslxcError('INTERNAL_ERROR', 'hypervisor connection not open');
}
