/** The server's side of one client without anything behind it: procedures of the tests' own, and what a test has to see of it. */
import { mkdtempSync, rmSync } from 'node:fs';
import { createServer } from 'node:net';
import type { Socket } from 'node:net';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { PassThrough } from 'node:stream';
import { setImmediate as turn } from 'node:timers/promises';
import { errorReplyOf } from '../../../lib/rpc/dispatch/base/wire-error';
import { Attention } from '../../../lib/rpc/server/attention';
import { Client } from '../../../lib/rpc/server/client';
import type { Activity } from '../../../lib/rpc/server/client';
import { sendAtOnce } from '../../../lib/rpc/server/descriptors/descriptors';
import type { Answer, Conversation, Peer } from '../../../lib/rpc/server/peer';
import type { Hearer, Reception } from '../../../lib/rpc/server/reception';
import { User } from '../../../lib/rpc/users/users';
import { eventually } from '../time/eventually';
import { RawClient } from './raw-client';

/** Procedures of the server of these tests. */
export const echo = 1;
export const wait = 2;
export const fail = 3;
export const stream = 4;
export const large = 5;
export const close = 6;
export const descriptors = 7;

export interface Served extends AsyncDisposable {
  readonly client: RawClient;
  readonly peer: Peer;
  /** How many calls were begun with. */
  readonly calls: () => number;
  /** What the calls of `wait` wait for. */
  readonly waiting: (() => void)[];
  /** What the stream's other side has. */
  readonly other: PassThrough;
  readonly gone: () => boolean;
  /** Hears bytes and descriptors beside what comes by the socket. */
  readonly hearer: Hearer;
  /** Those that came with messages, and are closed. */
  readonly closed: number[];
  /** What the server's activity is told, in order. */
  readonly told: (keyof Activity)[];
}

const nothing: Answer = { body: () => undefined };

/** What a test that has failed has left: it may wait for an answer that never comes, and Jest for the test's sockets. */
const left = new Set<AsyncDisposable>();

afterEach(async () => {
  for (const one of left) await one[Symbol.asyncDispose]();
});

/** Bytes alone, as a socket of Node's has them. */
function readByNode(socket: Socket, onBegin: (hearer: Hearer) => void): Reception {
  return {
    begin: (hearer) => {
      onBegin(hearer);
      socket.on('data', (bytes: Buffer) => hearer.hear(bytes, []));
      socket.on('end', () => hearer.hearEnd());
    },
    pause: () => void socket.pause(),
    resume: () => void socket.resume(),
    close: () => undefined,
  };
}

/** Who the client is. */
export interface Standing extends Pick<Conversation, 'isStranger'> {
  /** Root's by default. */
  readonly uid?: number;
  /** With the other clients of a user, whom it shares its bounds with. */
  readonly user?: User;
}

/** @param standing - may say later that the client is a stranger no more */
export async function serve(
  access: Peer['access'] = 'read-write',
  standing: Standing = { isStranger: false },
): Promise<Served> {
  const { uid = 0, user = new User(uid) } = standing;
  const folder = mkdtempSync(join(tmpdir(), 'tslxc-rpc-'));
  const path = join(folder, 'sock');
  const waiting: (() => void)[] = [];
  const other = new PassThrough();
  let gone = false;
  let calls = 0;
  let peer: Peer | undefined;
  let hearer: Hearer | undefined;
  const closed: number[] = [];
  const told: Served['told'] = [];
  const activity: Activity = {
    begin: () => void told.push('begin'),
    end: () => void told.push('end'),
    touch: () => void told.push('touch'),
  };
  const converse = (of: Peer): Conversation => {
    peer = of;
    return {
      takesDescriptors: true,
      get isStranger() {
        return standing.isStranger;
      },
      answer: async (call, body) => {
        calls += 1;
        if (call.procedure === wait) await new Promise<void>((resolve) => waiting.push(resolve));
        if (call.procedure === fail) throw new Error('it does not work');
        if (call.procedure === stream)
          return { ...nothing, after: () => of.openStream(call, other) };
        if (call.procedure === large) return { body: (writer) => writer.text('x'.repeat(2 ** 21)) };
        if (call.procedure === descriptors) return { ...nothing, descriptors: [100, 101] };
        if (call.procedure === close) return { ...nothing, after: () => of.closeSoon() };
        const word = body.uint();
        return { body: (writer) => writer.uint(word) };
      },
      errorOf: (error) => errorReplyOf(error, 'lxc'),
      close: async () => {
        gone = true;
        return Promise.resolve();
      },
    };
  };
  const clients: Client[] = [];
  const server = createServer((socket) => {
    const credentials = { pid: 1, uid, gid: uid, started: '1' };
    // A byte for each, and a while between them, as where the socket is full.
    const sendDescriptors = async (to: Socket, sent: readonly number[]): Promise<void> => {
      for (const descriptor of sent) {
        await turn();
        to.write(Buffer.from([descriptor]));
      }
    };
    const reception = readByNode(socket, (one) => (hearer = one));
    const closeDescriptors = (of: readonly number[]): void => void closed.push(...of);
    const attention = new Attention();
    const told = { converse, activity, attention };
    const actions = { sendAtOnce, sendDescriptors, closeDescriptors };
    const newcomer = { socket, reception, access, credentials, user };
    clients.push(new Client({ ...newcomer, ...told, ...actions }));
  }).listen(path);
  const client = await RawClient.connect(path);
  await eventually(() => expect(peer).toBeDefined());
  const served: Served = {
    client,
    get peer() {
      return peer as Peer;
    },
    calls: () => calls,
    waiting,
    other,
    gone: () => gone,
    get hearer() {
      return hearer as Hearer;
    },
    closed,
    told,
    async [Symbol.asyncDispose]() {
      if (!left.delete(served)) return;
      client[Symbol.dispose]();
      for (const waker of waiting) waker();
      server.close();
      await Promise.all(clients.map((one) => one.gone));
      rmSync(folder, { recursive: true });
    },
  };
  left.add(served);
  return served;
}

export function word(value: number): Buffer {
  const bytes = Buffer.alloc(4);
  bytes.writeUInt32BE(value);
  return bytes;
}
