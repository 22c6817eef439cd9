/** Where polkit is asked, a client that is not root's gets nothing before polkit has said that it may. */
import { existsSync, mkdtempSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { delimiter, join } from 'node:path';
import { polkit } from '../../../../../lib/rpc/dispatch/connect/authority';
import type { Asking, Authority } from '../../../../../lib/rpc/dispatch/connect/authority';
import { WireError } from '../../../../../lib/rpc/dispatch/base/wire-error';
import { DaemonConversation } from '../../../../../lib/rpc/dispatch/conversation';
import type { ConversationParts } from '../../../../../lib/rpc/dispatch/conversation';
import { EventHub } from '../../../../../lib/rpc/dispatch/events/event-hub';
import { ServedPrograms } from '../../../../../lib/rpc/dispatch/programs';
import { connectProcedures } from '../../../../../lib/rpc/protocol/connect';
import { domainProcedures } from '../../../../../lib/rpc/protocol/domain';
import { programs } from '../../../../../lib/rpc/protocol/numbers';
import type { Procedure } from '../../../../../lib/rpc/protocol/procedure';
import { XdrReader } from '../../../../../lib/rpc/xdr/reader';
import { XdrWriter } from '../../../../../lib/rpc/xdr/writer';
import { recordingLogger } from '../../../../support/fake/host/recording-logger';
import { fakePeer, unused } from '../fake-call';

function conversation(uid: number, authority?: Authority): DaemonConversation {
  const hub = new EventHub({ connection: unused, logger: recordingLogger([]) });
  const connections = { shared: unused, own: unused } satisfies ConversationParts['connections'];
  const served = new ServedPrograms(hub);
  return new DaemonConversation(fakePeer(uid), { connections, hub, served, authority });
}

/** The result of a call without arguments. */
async function call(
  client: DaemonConversation,
  procedure: Procedure<unknown, unknown>,
): Promise<unknown> {
  const { number: program, version } = programs.remote;
  const { number } = procedure;
  const header = { program, version, procedure: number, type: 0, serial: 1, status: 0 };
  const { body } = await client.answer(header, new XdrReader(Buffer.alloc(0)), []);
  const writer = new XdrWriter();
  body(writer);
  return procedure.result.read(new XdrReader(writer.finish()));
}

const { AuthList, AuthPolkit, ConnectGetLibVersion } = connectProcedures;
const required = 'authentication required';

test('a stranger is told to ask polkit, and until then gets nothing else', async () => {
  const asked: Asking[] = [];
  const client = conversation(1000, async (asking) => {
    asked.push(asking);
    return Promise.resolve();
  });
  expect(await call(client, AuthList)).toEqual({ types: [2] });
  await expect(call(client, ConnectGetLibVersion)).rejects.toThrow(required);
  await expect(call(client, domainProcedures.ConnectNumOfDomains)).rejects.toThrow(required);
  // Nor is it told which procedures there are.
  const nothing = { ...ConnectGetLibVersion, number: 9999 };
  await expect(call(client, nothing)).rejects.toThrow(required);
  expect([asked, client.takesDescriptors]).toEqual([[], false]);
  expect(await call(client, AuthPolkit)).toEqual({ complete: 1 });
  expect(client.takesDescriptors).toBe(true);
  const credentials = { pid: 7, uid: 1000, gid: 1000, started: '99' };
  expect(asked).toEqual([{ credentials, access: 'read-write' }]);
  expect(await call(client, AuthList)).toEqual({ types: [0] });
  expect(await call(client, ConnectGetLibVersion)).toEqual({ version: 11_003_000n });
  expect(await call(client, AuthPolkit)).toEqual({ complete: 1 });
  expect(asked).toHaveLength(1);
});

test('who is refused stays a stranger, and may ask again; twice at once is once', async () => {
  let [asked, answer] = [0, 'no'];
  const client = conversation(1000, async () => {
    asked += 1;
    await Promise.resolve();
    if (answer === 'no') throw new WireError('AUTH_FAILED', 'access denied by policy', 'polkit');
  });
  const both = await Promise.allSettled([call(client, AuthPolkit), call(client, AuthPolkit)]);
  expect(both.map(({ status }) => status)).toEqual(['rejected', 'rejected']);
  expect(asked).toBe(1);
  await expect(call(client, ConnectGetLibVersion)).rejects.toThrow(required);
  answer = 'yes';
  expect(await call(client, AuthPolkit)).toEqual({ complete: 1 });
  expect(await call(client, AuthList)).toEqual({ types: [0] });
});

test('root is asked for nothing, and neither is another user where polkit is not asked', async () => {
  const never: Authority = () => Promise.reject(new Error('asked'));
  for (const client of [conversation(0, never), conversation(1000)]) {
    expect(await call(client, AuthList)).toEqual({ types: [0] });
    expect(await call(client, ConnectGetLibVersion)).toEqual({ version: 11_003_000n });
    expect(await call(client, AuthPolkit)).toEqual({ complete: 1 });
  }
});

test('a client that goes is asked for no longer', async () => {
  let end: () => void = () => undefined;
  const client = conversation(1000, async (_asking, signal) => {
    await new Promise<void>((_resolve, reject) => {
      end = () => reject(new Error('ended'));
      signal.addEventListener('abort', end);
    });
  });
  const asking = expect(call(client, AuthPolkit)).rejects.toThrow('ended');
  await client.close();
  await asking;
});

/** A pkcheck that notes what it is asked, and exits so. */
async function askedOf(status: number, asking: Asking): Promise<readonly [unknown, string]> {
  const folder = mkdtempSync(join(tmpdir(), 'tslxc-pkcheck-'));
  const before = process.env['PATH'];
  const note = join(folder, 'asked');
  writeFileSync(join(folder, 'pkcheck'), `#!/bin/sh\necho "$*" > ${note}\nexit ${status}\n`, {
    mode: 0o755,
  });
  process.env['PATH'] = [folder, before].join(delimiter);
  try {
    const answer = await polkit(asking, new AbortController().signal).catch(String);
    return [answer, existsSync(note) ? readFileSync(note, 'utf8') : ''];
  } finally {
    process.env['PATH'] = before;
    rmSync(folder, { recursive: true });
  }
}

test('polkit is asked for libvirt’s actions, and its answer is told in libvirt’s words', async () => {
  const credentials = { pid: 7, uid: 1000, gid: 1000, started: '99' };
  const writes = { credentials, access: 'read-write' } as const;
  expect(await askedOf(0, writes)).toEqual([
    undefined,
    '--action-id org.libvirt.unix.manage --process 7,99,1000 --allow-user-interaction\n',
  ]);
  expect((await askedOf(0, { credentials, access: 'read-only' }))[1]).toMatch(
    /^--action-id org\.libvirt\.unix\.monitor /,
  );
  const told: unknown[] = [];
  for (const status of [1, 2, 3, 127]) told.push((await askedOf(status, writes))[0]);
  expect(told).toEqual([
    expect.stringContaining('authentication failed: access denied by policy') as string,
    expect.stringContaining(
      "authentication unavailable: no polkit agent available to authenticate action 'org.libvirt.unix.manage'",
    ) as string,
    expect.stringContaining(
      'authentication cancelled: user cancelled authentication process',
    ) as string,
    expect.stringContaining('pkcheck: it ended with exit code 127') as string,
  ]);
});
