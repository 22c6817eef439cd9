/**
 * What one user of the host who may only look can do to the daemon, and to root beside that: how long root waits, and how much memory
 * the daemon takes. Quick tests count the bounds; this one measures what they are for. How long root waits is compared with how long
 * it waits in the same run without the attack, so that the verdict is the same on a slow machine.
 */
import { chmodSync, readFileSync } from 'node:fs';
import { dirname, join } from 'node:path';
import { setTimeout as sleep } from 'node:timers/promises';
import type { Domain } from 'tslxc';
import { connectProcedures } from '../../lib/rpc/protocol/connect';
import { domainProcedures } from '../../lib/rpc/protocol/domain';
import { BackgroundProgram } from '../support/clients/background-program';
import { DaemonProcess } from '../support/clients/daemon-process';
import { RawClient } from '../support/clients/raw-client';
import { domainXml } from '../support/domain/domain-xml';
import { commandLine } from '../support/process/run-command';
import { eventually } from '../support/time/eventually';
import { containerTest, rootAndConnection } from '../support/world/container-test';

const world = containerTest(rootAndConnection);

const attacker = join(__dirname, '../support/clients/attacker.py');

/**
 * How many times longer root waits at most, and KiB that the daemon takes more. Without a user's bounds, callbacks alone make it more
 * than a thousand times, and 800 MiB.
 */
const mostTimes = 25;
const mostMemory = 100 * 1024;

/** Milliseconds of each attack, and of the time before it; and of the parts, the longest wait in each of which counts. */
const span = 8000;
const part = 500;

const socketOf = (name: string): string => join(world.root.path, 'run/tslxc', name);

function residentOf({ pid }: DaemonProcess): number {
  const status = readFileSync(`/proc/${pid}/status`, 'utf8');
  return Number(/^VmRSS:\s*(\d+) kB$/m.exec(status)?.[1]);
}

interface Measured {
  /** The longest time that root has waited in each part, for a connection and for its answers, in milliseconds. */
  readonly waits: readonly number[];
  /** The most memory of the daemon, in KiB. */
  readonly resident: number;
}

/** Milliseconds in which root connects, asks twice and is answered. */
async function askOnce(): Promise<number> {
  const begun = performance.now();
  using client = await RawClient.connect(socketOf('tslxc-sock'));
  await client.call(connectProcedures.ConnectOpen, { name: 'lxc:///', flags: 0 });
  await client.call(domainProcedures.ConnectNumOfDomains, {});
  return performance.now() - begun;
}

/** Root asks again and again. */
async function measure(daemon: DaemonProcess, milliseconds: number): Promise<Measured> {
  const waits: number[] = [];
  let resident = 0;
  const ends = performance.now() + milliseconds;
  while (performance.now() < ends) {
    let longest = 0;
    const partEnds = performance.now() + part;
    while (performance.now() < partEnds) {
      longest = Math.max(longest, await askOnce());
      resident = Math.max(resident, residentOf(daemon));
      await sleep(20);
    }
    waits.push(longest);
  }
  return { waits, resident };
}

function median(values: readonly number[]): number {
  return values.toSorted((a, b) => a - b)[Math.floor(values.length / 2)] ?? NaN;
}

/** As words: the median, and the longest. */
function told(waits: readonly number[]): string {
  return `${median(waits).toFixed(1)} (at most ${Math.max(...waits).toFixed(1)})`;
}

/** What the attack tries to hold up, beside root's looks. */
async function startAndEnd(domain: Domain): Promise<number> {
  const begun = performance.now();
  await domain.start();
  await domain.destroy();
  return Math.round(performance.now() - begun);
}

test.each([
  ['names one domain 8,000 times in a call', 'stats', 1],
  ['does so by ten connections', 'stats', 10],
  ['asks for 1,024 callbacks by each of 200 connections', 'callbacks', 200],
  ['begins frames by each of 4,900 connections', 'frames', 4900],
])(
  'who may only look, and %s, keeps root waiting a few times longer at most',
  async (...[, kind, count]) => {
    const domain = await world.connection.defineDomain(domainXml({ name: 'victim' }));
    const socket = socketOf('tslxc-sock-ro');
    await using daemon = await DaemonProcess.start({
      root: world.root.path,
      argv: commandLine('daemon'),
      socket,
    });
    for (const folder of [world.root.path, dirname(dirname(socket))]) chmodSync(folder, 0o711);
    const before = await measure(daemon, span);
    const undisturbed = await startAndEnd(domain);
    const words = [kind, String(count), socket, domain.uuid.replaceAll('-', '')];
    await using attack = new BackgroundProgram(['/usr/bin/python3', attacker, ...words]);
    const coming = measure(daemon, span);
    await eventually(() => expect(attack.said).toContain('ready'), 60_000);
    const [begun, during, disturbed] = await Promise.all([
      coming,
      measure(daemon, span),
      startAndEnd(domain),
    ]);
    const times = Math.max(
      ...[begun, during].map(({ waits }) => median(waits) / median(before.waits)),
    );
    const grown = Math.max(begun.resident, during.resident) - before.resident;
    const load = readFileSync('/proc/loadavg', 'utf8').slice(0, 4);
    process.stdout.write(
      `${kind} × ${count}: root waits ${told(before.waits)} → ${told(begun.waits)}, ` +
        `${told(during.waits)} ms, ${times.toFixed(1)} times as long, a life takes ${undisturbed} → ${disturbed} ms, the daemon grows by ${Math.round(grown / 1024)} MiB; ${attack.said.trim()}; load ${load}\n`,
    );
    expect(grown).toBeLessThan(mostMemory);
    expect(times).toBeLessThan(mostTimes);
  },
);
