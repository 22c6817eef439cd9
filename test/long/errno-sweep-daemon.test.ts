/**
 * Every read of state of the daemon fails, while it answers a client, with every errno that says nothing of the state: the answer is
 * right, or an error, the container lives, and the same daemon answers rightly afterwards. How many were tried is printed: a third, or
 * what TSLXC_TEST_SLICE says.
 */
import { join } from 'node:path';
import { connectProcedures } from '../../lib/rpc/protocol/connect';
import { domainProcedures } from '../../lib/rpc/protocol/domain';
import { tuningProcedures } from '../../lib/rpc/protocol/tuning';
import { uuidBytes } from '../../lib/rpc/dispatch/base/uuid';
import { statePaths } from '../../lib/host/state/state-paths';
import { DaemonProcess } from '../support/clients/daemon-process';
import { RawClient } from '../support/clients/raw-client';
import { readsWhile, whileInjected } from '../support/errno/injection';
import type { Injection } from '../support/errno/injection';
import { sweep } from '../support/errno/points';
import type { Tried } from '../support/errno/points';
import { TestDomain } from '../support/domain/test-domain';
import { commandLine } from '../support/process/run-command';
import { readProcess } from '../support/process/processes';
import { containerTest } from '../support/world/container-test';
import { initOf } from '../support/world/container-traces';

const minutes = 60_000;
const name = 'errno-daemon';

const world = containerTest(
  async (keep) => {
    const container = keep(await TestDomain.make({ name }));
    await container.start();
    const socket = join(statePaths(container.root).run, 'tslxc-sock');
    const argv = commandLine('daemon');
    const daemon = keep(await DaemonProcess.start({ root: container.root, argv, socket }));
    return { container, daemon, socket };
  },
  { per: 'file' },
);

type Ask = (client: RawClient) => Promise<unknown>;

const whichDomain = () => ({
  name,
  uuid: uuidBytes(world.container.domain.uuid),
  id: world.container.domain.id ?? -1,
});

const { ConnectListAllDomains, ConnectListDomains, ConnectNumOfDomains } = domainProcedures;
const { DomainLookupByName, DomainGetState, DomainGetInfo, DomainIsActive } = domainProcedures;
const { DomainCreate } = domainProcedures;
/** The flag of a list of running domains. */
const running = 16;

/** What a client asks; of an answer, what says what the state is. */
const questions: Readonly<Record<string, Ask>> = {
  ConnectListAllDomains: (client) =>
    client.call(ConnectListAllDomains, { needsResults: 1, flags: 0 }),
  'ConnectListAllDomains, running': (client) =>
    client.call(ConnectListAllDomains, { needsResults: 1, flags: running }),
  ConnectListDomains: (client) => client.call(ConnectListDomains, { most: 100 }),
  ConnectNumOfDomains: (client) => client.call(ConnectNumOfDomains, {}),
  DomainLookupByName: (client) => client.call(DomainLookupByName, { name }),
  DomainGetState: (client) => client.call(DomainGetState, { domain: whichDomain(), flags: 0 }),
  DomainGetInfo: async (client) => {
    const answer = await client.call(DomainGetInfo, { domain: whichDomain() });
    return 'cpuTime' in answer ? { state: answer.state, cpus: answer.cpus } : answer;
  },
  DomainIsActive: (client) => client.call(DomainIsActive, { domain: whichDomain() }),
  DomainCreate: (client) => client.call(DomainCreate, { domain: whichDomain() }),
  ConnectGetAllDomainStats: async (client) => {
    const asked = { domains: [], groups: 0, flags: 0 };
    const answer = await client.call(tuningProcedures.ConnectGetAllDomainStats, asked);
    if (!('records' in answer)) return answer;
    return answer.records.map(({ domain, parameters }) => [
      domain.id,
      parameters.filter(({ field }) => field.startsWith('state.')),
    ]);
  },
};

/** JSON of an answer, or of an error; of a connection that the daemon has closed, that. */
async function answerTo(ask: Ask): Promise<string> {
  using client = await RawClient.connect(world.socket);
  await client.call(connectProcedures.ConnectOpen, { name: 'lxc:///', flags: 0 });
  return JSON.stringify(await ask(client));
}

const isError = (answer: string, errno: string): boolean => {
  const { code, message = '' } = JSON.parse(answer) as { code?: number; message?: string };
  return code !== undefined && message.includes(errno);
};

async function tryOne(ask: Ask, right: string, injection: Injection): Promise<Tried> {
  const { container, daemon } = world;
  const init = await initOf(container.name);
  const { result: answer, count } = await whileInjected(daemon.pid, injection, () =>
    answerTo(ask).catch((error: unknown) => JSON.stringify(String(error))),
  );
  const faults: string[] = [];
  if (readProcess(init).state === '') {
    faults.push(`killed: ${JSON.stringify(await container.domain.state())}`);
    await container.start();
  }
  if (answer !== right && !isError(answer, injection.errno)) faults.push(`answered ${answer}`);
  const next = await answerTo(ask).catch(String);
  if (next !== right) faults.push(`then answered ${next}`);
  return { count, faults };
}

function isOfContainer(path: string, init: number, id: number): boolean {
  const { run, definitions } = statePaths(world.container.root);
  const places = [run, definitions, `/proc/${init}`, `/proc/${id}`];
  const isCgroup = path.startsWith('/sys/fs/cgroup/') && path.includes(`/${name}`);
  return isCgroup || places.some((place) => path === place || path.startsWith(`${place}/`));
}

/** What the daemon hears and says to its clients by, which is no state. */
const ofClients = ['recvmsg', 'sendmsg'];

test.each(Object.entries(questions))(
  '%s: each read of state that fails is answered rightly or by an error, and ends nothing',
  async (title, ask) => {
    const { container, daemon } = world;
    const init = await initOf(container.name);
    const id = container.domain.id ?? 0;
    const isState = (path: string): boolean => isOfContainer(path, init, id);
    const { result: right, reads } = await readsWhile(daemon.pid, isState, () => answerTo(ask));
    const ofState = reads.filter(({ call }) => !ofClients.includes(call));
    expect(ofState.length).toBeGreaterThan(2);
    // A domain that runs can't be started: that is the right answer.
    expect(right.includes('"code":')).toBe(title === 'DomainCreate');
    const wrong = await sweep(title, ofState, (injection) => tryOne(ask, right, injection));
    expect(wrong).toEqual([]);
  },
  240 * minutes,
);
