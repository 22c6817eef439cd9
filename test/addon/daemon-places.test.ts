/** The server of the daemon asks for a place for each client, by the user that the kernel says it is; how many there are is for test/unit/rpc. */
import { once } from 'node:events';
import { connect } from 'node:net';
import type { Socket } from 'node:net';
import { join } from 'node:path';
import { Admission } from '../../lib/rpc/server/admission';
import type { Conversation, Peer } from '../../lib/rpc/server/peer';
import { Server } from '../../lib/rpc/server/server';
import { eventually } from '../support/time/eventually';
import { Scratch } from './scratch';

const scratch = new Scratch();
const path = join(scratch.path, 'run', 'sock');
let server: Server;
let peers: Peer[];

const silent: Conversation = {
  takesDescriptors: false,
  isStranger: false,
  answer: () => Promise.reject(new Error('nothing is asked')),
  errorOf: () => {
    throw new Error('nothing is asked');
  },
  close: () => Promise.resolve(),
};

beforeAll(async () => {
  const converse = (peer: Peer): Conversation => {
    peers.push(peer);
    return silent;
  };
  const refuse = (): Conversation => {
    throw new Error('no bound of a user is reached');
  };
  server = new Server({ converse, refuse, logger: { warn: jest.fn() } });
  await server.listenAt([{ path, access: 'read-only', open: 'everybody', holder: 'none' }]);
});

afterAll(async () => {
  await server.close();
  await scratch.dispose();
});

beforeEach(() => (peers = []));
afterEach(() => jest.restoreAllMocks());

async function client(): Promise<Socket> {
  const socket = connect(path).on('error', () => undefined);
  await once(socket, 'connect');
  return socket;
}

test('a client for whom there is no place is let go, and nothing is made for it', async () => {
  const asked = jest.spyOn(Admission.prototype, 'hasPlaceFor').mockReturnValue(false);
  const socket = await client();
  socket.resume();
  await eventually(() => expect([socket.closed, peers.length]).not.toEqual([false, 0]));
  expect([socket.closed, peers]).toEqual([true, []]);
  expect(asked.mock.calls).toEqual([[process.getuid?.()]]);
});

test('control: one for whom there is a place is talked to', async () => {
  const socket = await client();
  await eventually(() => expect(peers).toHaveLength(1));
  socket.destroy();
});
