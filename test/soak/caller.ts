/**
 * A caller of the library: a process that is told one operation after another, carries them out at once, and says what came of
 * each. It may be killed at any moment. Started by callers.ts.
 */
import { connect } from 'tslxc';
import type { Connection, Domain, Network } from 'tslxc';
import {
  domainDocument,
  domainNames,
  domainUuid,
  longCommand,
  networkDocument,
  networkName,
} from './documents';
import type { Population } from './documents';
import { isWithAutodestroy, memoryLimit, powerPatience } from './operations';
import type { Operation } from './operations';

export interface Order extends Operation {
  readonly id: number;
  readonly population: Population;
}

/** What a caller says of an operation. */
export interface Report {
  /** 0 when it is ready, else that of the order. */
  readonly id: number;
  /** What it saw, or what it chose to do. */
  readonly value?: string;
  readonly error?: { readonly code: string; readonly message: string };
}

/** A command that waits in a paused container is given up after this time. */
const execPatience = 4000;
/** Milliseconds that a long command runs, and a console is read. */
const moments = { command: 400, console: 300 };

type Act<Thing> = (thing: Thing, order: Order) => Promise<string | undefined>;

const done = undefined;

const domainActs: Readonly<Record<string, Act<Domain>>> = {
  async start(domain, { chance }) {
    const owned = chance < 0.4 ? 'keep' : 'leave';
    const how = isWithAutodestroy({ chance }) ? 'autodestroy' : owned;
    await domain.start(how === 'autodestroy' ? { autodestroy: true } : { ownership: how });
    return how;
  },
  destroy: (domain) => domain.destroy().then(() => done),
  suspend: (domain) => domain.suspend().then(() => done),
  resume: (domain) => domain.resume().then(() => done),
  async shutdown(domain) {
    const { outcome } = await domain.shutdown({ timeout: powerPatience * 1000 });
    return outcome;
  },
  async reboot(domain) {
    const { outcome } = await domain.reboot({ timeout: powerPatience * 1000 });
    if (outcome === 'stopped') throw Object.assign(new Error('it stopped'), { code: 'STOPPED' });
    return outcome;
  },
  exec: (domain, { chance }) => (chance < 0.5 ? runShort(domain) : runLong(domain)),
  async limit(domain, { chance }) {
    if (chance < 0.5) await domain.setMemory(memoryLimit(chance), { which: 'live' });
    else await domain.setProcessLimit(50 + Math.floor(chance * 100), { which: 'live' });
    return done;
  },
  async console(domain) {
    const console = await domain.openConsole();
    const ended = new Promise((resolve) => console.once('close', resolve));
    console.on('error', () => undefined).resume();
    console.write('\n');
    await Promise.race([ended, pause(moments.console)]);
    console.destroy();
    return done;
  },
  async rename(domain, { subject, chance }) {
    await domain.rename(domainNames(subject)[chance < 0.5 ? 0 : 1]);
    return done;
  },
  undefine: (domain) => domain.undefine().then(() => done),
  title: (domain, { chance }) => domain.setTitle(`title ${chance}`).then(() => done),
  async look(domain) {
    const { state } = await domain.state();
    if (state !== 'shutoff') await domain.info();
    return state === 'shutoff' ? 'off' : state;
  },
};

const networkActs: Readonly<Record<string, Act<Network>>> = {
  netStart: (network) => network.start().then(() => done),
  netDestroy: (network) => network.destroy().then(() => done),
  netUndefine: (network) => network.undefine().then(() => done),
  netLeases: (network) => network.leases().then(() => done),
  async netLook(network) {
    const { active, persistent } = await network.info();
    if (!active) return 'off';
    return persistent ? 'active' : 'transient';
  },
};

async function runShort(domain: Domain): Promise<string | undefined> {
  const signal = AbortSignal.timeout(execPatience);
  const { result } = await domain.exec(['true'], { stdin: 'ignore', signal }).started;
  await result;
  return done;
}

/** One that is still running when its caller gives it up. */
async function runLong(domain: Domain): Promise<string | undefined> {
  const over = new AbortController();
  const late = setTimeout(() => over.abort(), execPatience);
  try {
    const { result } = await domain.exec(longCommand, { stdin: 'ignore', signal: over.signal })
      .started;
    setTimeout(() => over.abort(), moments.command).unref();
    await result;
  } catch (error) {
    if (codeOf(error) !== 'OPERATION_ABORTED') throw error;
  } finally {
    clearTimeout(late);
  }
  return done;
}

function pause(milliseconds: number): Promise<void> {
  return new Promise((resolve) => setTimeout(resolve, milliseconds));
}

function codeOf(error: unknown): string {
  const { code } = error as { readonly code?: unknown };
  return typeof code === 'string' ? code : 'UNKNOWN';
}

async function carryOut(connection: Connection, order: Order): Promise<string | undefined> {
  const { kind, verb, subject, chance, population } = order;
  if (verb === 'define') {
    const name = domainNames(subject)[chance < 0.7 ? 0 : 1];
    await connection.defineDomain(domainDocument(subject, name, population));
    return done;
  }
  if (verb === 'netDefine') {
    await connection.defineNetwork(networkDocument(subject));
    return done;
  }
  if (kind === 'network') {
    const act = networkActs[verb];
    if (act === undefined) throw new RangeError(`no such operation: ${verb}`);
    return act(await connection.lookupNetworkByName(networkName(subject)), order);
  }
  const act = domainActs[verb === 'startLinked' ? 'start' : verb];
  if (act === undefined) throw new RangeError(`no such operation: ${verb}`);
  return act(await connection.lookupDomainByUuid(domainUuid(subject)), order);
}

async function serve(): Promise<void> {
  const connection = await connect();
  const report = (what: Report): void => void process.send?.(what);
  process.on('message', (message) => {
    if (message === 'end') {
      void connection.close().then(() => process.exit(0));
      return;
    }
    const order = message as Order;
    const { id } = order;
    carryOut(connection, order).then(
      (value) => report({ id, ...(value === undefined ? {} : { value }) }),
      (error: unknown) => {
        const message = error instanceof Error ? error.message : String(error);
        report({ id, error: { code: codeOf(error), message } });
      },
    );
  });
  process.on('disconnect', () => process.exit(1));
  report({ id: 0 });
}

void serve();
