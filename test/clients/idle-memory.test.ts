/** What the daemon keeps of the memory that many calls have taken, once no client asks it for anything. */
import { readFileSync } from 'node:fs';
import { join } from 'node:path';
import { connect } from 'tslxc';
import { connectProcedures } from '../../lib/rpc/protocol/connect';
import { domainProcedures } from '../../lib/rpc/protocol/domain';
import { BackgroundProgram } from '../support/clients/background-program';
import { DaemonProcess } from '../support/clients/daemon-process';
import { RawClient } from '../support/clients/raw-client';
import { domainXml } from '../support/domain/domain-xml';
import { commandLine } from '../support/process/run-command';
import { makeTestRoot } from '../support/root/test-root';
import { eventually } from '../support/time/eventually';
import { containerTest } from '../support/world/container-test';
import type { Keep } from '../support/world/frame';

const mebibyte = 1024;
const names = ['one', 'two', 'three', 'four', 'five'];

/** Node.js takes what a daemon is to give memory back by away from it. */
const withoutCollections = join(__dirname, '../support/clients/without-collections.js');

/** A daemon with a few domains on a root of its own, and what it held when it was there. */
interface Observed {
  readonly daemon: DaemonProcess;
  readonly socket: string;
  readonly atFirst: number;
}

/** KiB in memory. */
function resident(pid: number): number {
  const status = readFileSync(`/proc/${pid}/status`, 'utf8');
  return Number(/^VmRSS:\s*(\d+) kB$/m.exec(status)?.[1]);
}

async function observed(keep: Keep, options: readonly string[]): Promise<Observed> {
  const root = keep(await makeTestRoot());
  const connection = keep(await connect(undefined, { root: root.path }));
  for (const name of names) await connection.defineDomain(domainXml({ name }));
  const socket = join(root.path, 'run/tslxc/tslxc-sock');
  const [node = '', ...words] = commandLine('daemon');
  const argv = [node, ...options, ...words];
  const daemon = keep(await DaemonProcess.start({ root: root.path, argv, socket: `${socket}-ro` }));
  return { daemon, socket, atFirst: resident(daemon.pid) };
}

const world = containerTest(async (keep) => {
  const words = ['-e', 'console.log("ready"); process.stdin.resume();'] as const;
  const bare = keep(new BackgroundProgram([process.execPath, ...words]));
  await eventually(() => expect(bare.lines).toEqual(['ready']));
  return {
    bare,
    usual: await observed(keep, []),
    control: await observed(keep, ['--require', withoutCollections]),
  };
});

/** Six thousand calls, one after the other: as many lists of virsh as a second or two have room for. */
async function ask({ socket }: Observed): Promise<void> {
  using client = await RawClient.connect(socket);
  await client.call(connectProcedures.ConnectOpen, { name: 'lxc:///', flags: 0 });
  for (let round = 0; round < 1000; round += 1) {
    const all = { needsResults: 1, flags: 0 };
    const answer = await client.call(domainProcedures.ConnectListAllDomains, all);
    if ('code' in answer) throw new Error(answer.message ?? 'no list');
    expect(answer.domains).toHaveLength(names.length);
    for (const domain of answer.domains) {
      await client.call(domainProcedures.DomainGetState, { domain, flags: 0 });
    }
  }
}

test('what many calls have taken is given back once no client asks any more', async () => {
  const { bare, usual, control } = world;
  const floor = resident(bare.pid);
  const grown = ({ daemon, atFirst }: Observed): number => resident(daemon.pid) - atFirst;
  // Two thirds of what it held beside Node.js itself when it had done nothing yet.
  const allowed = ({ atFirst }: Observed): number => ((atFirst - floor) * 2) / 3;
  const told = (): string =>
    [floor, usual.atFirst, grown(usual), control.atFirst, grown(control)]
      .map((each) => (each / mebibyte).toFixed(1))
      .join(' ');
  // Both at once: V8 gives something back by itself when it has been left alone for longer.
  await Promise.all([ask(usual), ask(control)]);
  await eventually(() => expect(grown(usual)).toBeLessThan(allowed(usual)), 10_000);
  process.stdout.write(`Node.js, the daemon, its growth, the control, its growth: ${told()} MiB\n`);
  // The control: without it, as much stays.
  expect(grown(control)).toBeGreaterThan(allowed(control));
});
