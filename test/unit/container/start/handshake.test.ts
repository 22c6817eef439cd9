/** The caller's side of a start against a monitor that says what the test wants. */
import { Channel } from '../../../../lib/container/monitor/channel';
import { encodeFrame } from '../../../../lib/container/monitor/frames';
import { Handshake } from '../../../../lib/container/start/handshake';
import type { HandshakeOptions } from '../../../../lib/container/start/handshake';
import { stages } from '../../../../lib/container/monitor/messages';
import type { Message } from '../../../../lib/container/monitor/messages';
import { TslxcError } from '../../../../lib/errors';
import { document, parse } from '../../domain/parse-context';
import { compile } from '../../plan/plan-context';
import { socketPair } from '../socket-pair';
import type { SocketPair } from '../socket-pair';

const { plan } = compile(parse(document({})));
const spawned: Message = { message: 'spawned', pid: 100 };
const running: Message = { message: 'running', init: 101, consoles: ['/dev/pts/7'] };
const failed: Message = {
  message: 'failed',
  stage: stages.indexOf('death'),
  step: 0,
  error: 10,
  syscall: 'waitid',
  subject: 'signal 9',
  reason: 0,
};

class Conversation implements Disposable {
  readonly handshake: Handshake;
  readonly #pair: SocketPair;

  constructor(pair: SocketPair, options: Partial<HandshakeOptions>) {
    this.#pair = pair;
    this.handshake = new Handshake(new Channel(pair.ours), plan, { deadline: 5000, ...options });
  }

  says(...messages: Message[]): void {
    this.#pair.theirs.write(Buffer.concat(messages.map(encodeFrame)));
  }

  dies(): void {
    this.#pair.theirs.destroy();
  }

  [Symbol.dispose](): void {
    this.handshake.end();
    this.#pair[Symbol.dispose]();
  }
}

async function conversation(options: Partial<HandshakeOptions> = {}): Promise<Conversation> {
  return new Conversation(await socketPair(), options);
}

/** The error that a promise rejects with. */
async function errorOf(promise: Promise<unknown>): Promise<TslxcError> {
  const error: unknown = await promise.then(
    () => undefined,
    (reason: unknown) => reason,
  );
  if (!TslxcError.is(error)) throw new Error(`rejected with ${String(error)}`);
  return error;
}

test.each([
  ['in order', [spawned, running]],
  ['out of order', [running, spawned]],
])('spawned and running are both found when they come %s', async (_, messages) => {
  using talk = await conversation();
  talk.says(...messages);
  expect(await talk.handshake.expect('spawned')).toEqual(spawned);
  expect(await talk.handshake.expect('running')).toEqual(running);
});

test('they are found when the monitor has gone since', async () => {
  using talk = await conversation();
  talk.says(running, spawned);
  talk.dies();
  expect(await talk.handshake.expect('spawned')).toEqual(spawned);
  expect(await talk.handshake.expect('running')).toEqual(running);
});

test('a container that ends before stage 0 has said spawned has been started, and its end is not lost', async () => {
  using pair = await socketPair();
  const channel = new Channel(pair.ours);
  const handshake = new Handshake(channel, plan, { deadline: 5000 });
  const exited: Message = { message: 'exited', how: 0, status: 0, requested: 0 };
  const rebooted: Message = { message: 'rebooted', init: 102 };
  for (const message of [running, rebooted, exited, spawned])
    pair.theirs.write(encodeFrame(message));
  expect(await handshake.expect('spawned')).toEqual(spawned);
  expect(await handshake.expect('running')).toEqual(running);
  handshake.end();
  expect([await channel.receive(), await channel.receive()]).toEqual([rebooted, exited]);
});

test('cloned stands between them, when the plan has a pause', async () => {
  using talk = await conversation();
  const cloned: Message = { message: 'cloned', init: 101 };
  talk.says(cloned, spawned, running);
  expect(await talk.handshake.expect('spawned')).toEqual(spawned);
  expect(await talk.handshake.expect('cloned')).toEqual(cloned);
  expect(await talk.handshake.expect('running')).toEqual(running);
});

describe('after a start that was given up', () => {
  test('the monitor’s pid is found when it comes late, and when it was there before', async () => {
    const over = new AbortController();
    using talk = await conversation({ signal: over.signal });
    const waiting = talk.handshake.expect('spawned');
    over.abort();
    await expect(waiting).rejects.toMatchObject({ code: 'OPERATION_ABORTED' });
    const found = talk.handshake.untilSpawned(5000);
    talk.says(spawned);
    expect(await found).toBe(100);
    expect(await talk.handshake.untilSpawned(0)).toBe(100);
  });

  test('there is none when the stream ends, or the patience', async () => {
    using dead = await conversation();
    dead.dies();
    expect(await dead.handshake.untilSpawned(5000)).toBeUndefined();
    using silent = await conversation();
    expect(await silent.handshake.untilSpawned(20)).toBeUndefined();
  });

  test('the monitor is waited for until it has failed', async () => {
    using talk = await conversation();
    talk.says(spawned);
    const waiting = talk.handshake.untilFailed(5000).then(() => 'failed');
    expect(await Promise.race([waiting, talk.handshake.untilSpawned(0)])).not.toBe('failed');
    talk.says(failed);
    expect(await waiting).toBe('failed');
  });
});

test('a failure is that failure, whatever was expected', async () => {
  using talk = await conversation();
  talk.says(spawned, failed);
  await talk.handshake.expect('spawned');
  expect(await errorOf(talk.handshake.expect('running'))).toMatchObject({
    code: 'INTERNAL_ERROR',
    message: 'internal error: guest failed to start: init died with signal 9',
    domain: 'test',
  });
});

test('a failure that came before spawned is not lost', async () => {
  using talk = await conversation();
  talk.says(failed, spawned);
  expect((await errorOf(talk.handshake.expect('spawned'))).message).toContain('init died');
});

test('the end of the stream is a death, never a success', async () => {
  using talk = await conversation();
  talk.says(spawned);
  talk.dies();
  await talk.handshake.expect('spawned');
  expect(await errorOf(talk.handshake.expect('running'))).toMatchObject({
    code: 'PROTOCOL_ERROR',
    message: "protocol error: the monitor of domain 'test' died before it said 'running'",
    step: "wait for 'running'",
    domain: 'test',
  });
});

test('a message that has no place here is refused by its name', async () => {
  using talk = await conversation();
  talk.says({ message: 'done', error: 0 });
  expect(await errorOf(talk.handshake.expect('spawned'))).toMatchObject({
    code: 'PROTOCOL_ERROR',
    message: "protocol error: the monitor said 'done' instead of 'spawned'",
  });
});

test('malformed bytes are a protocol error', async () => {
  using talk = await conversation();
  talk.says({ message: 'own' }, { message: 'plan', bytes: Buffer.alloc(1) });
  expect((await errorOf(talk.handshake.expect('spawned'))).code).toBe('PROTOCOL_ERROR');
});

/** Milliseconds; what is said arrives before that, though this process waits for a processor now and then. */
const deadline = 400;

test('silence ends at the deadline, with what was waited for', async () => {
  using talk = await conversation({ deadline });
  talk.says(spawned);
  await talk.handshake.expect('spawned');
  expect(await errorOf(talk.handshake.expect('running'))).toMatchObject({
    code: 'OPERATION_TIMEOUT',
    step: "wait for 'running' from the monitor",
    domain: 'test',
  });
});

test('an abort ends the wait at once, and says why', async () => {
  const controller = new AbortController();
  using talk = await conversation({ signal: controller.signal });
  const waiting = errorOf(talk.handshake.expect('spawned'));
  const reason = new Error('no longer wanted');
  controller.abort(reason);
  expect(await waiting).toMatchObject({ code: 'OPERATION_ABORTED', cause: reason, domain: 'test' });
});

test('a signal that was aborted before is as good', async () => {
  using talk = await conversation({ signal: AbortSignal.abort() });
  expect((await errorOf(talk.handshake.expect('spawned'))).code).toBe('OPERATION_ABORTED');
});

test('after its end neither the clock nor the signal does anything', async () => {
  const controller = new AbortController();
  const unhandled = jest.fn();
  process.once('unhandledRejection', unhandled);
  using talk = await conversation({ deadline, signal: controller.signal });
  talk.says(spawned, running);
  await talk.handshake.expect('running');
  talk.handshake.end();
  controller.abort();
  await new Promise((resolve) => setTimeout(resolve, deadline + 30));
  process.off('unhandledRejection', unhandled);
  expect(unhandled).not.toHaveBeenCalled();
});
