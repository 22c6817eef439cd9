/** What a monitor does that is told to end, as every process is when a host shuts down: its container ends in order. */
import { existsSync, mkdirSync } from 'node:fs';
import { join } from 'node:path';
import { connect } from 'tslxc';
import type { Domain, DomainSpec } from 'tslxc';
import { pidOf } from '../support/domain/exec';
import { environmentOf, listProcesses, readProcess } from '../support/process/processes';
import { sendSignal, sendUnlessEnded } from '../support/process/send-signal';
import { makeTestRoot } from '../support/root/test-root';
import { containerTest } from '../support/world/container-test';
import { initsOf, monitorsOf, untilGone } from '../support/world/container-traces';

const world = containerTest(async (keep) => {
  const root = keep(await makeTestRoot());
  const connection = keep(await connect(undefined, { root: root.path }));
  return { root, connection };
});

/** Milliseconds. */
const timeout = 60_000;

/** Has something to write when it is told to end, and does not hurry. Guarded, as everything that would end the host. */
const careful = `[ $$ = 1 ] || exit
end() { for i in 1 2 3 4 5; do sleep 0.1; done; echo done >/var/tmp/kept/clean; exit 3; }
trap end TERM; echo ready; while :; do sleep 0.05; done`;

interface Careful {
  readonly domain: Domain;
  /** Whether init could do what it does at its end. */
  readonly isClean: () => boolean;
}

async function begin(name: string, more: Partial<DomainSpec> = {}): Promise<Careful> {
  const kept = join(world.root.path, 'kept');
  mkdirSync(kept);
  const domain = await world.connection.defineDomain({
    name,
    memory: '100MiB',
    init: '/bin/sh',
    args: ['-c', careful],
    mounts: [{ source: kept, target: '/var/tmp/kept' }],
    restart: { policy: 'on-failure' },
    ...more,
  });
  await domain.start({ ownership: 'leave' });
  await domain.waitFor({ console: /ready/, timeout });
  return { domain, isClean: () => existsSync(join(kept, 'clean')) };
}

const inOrder = {
  state: 'shutoff',
  reason: 'shutdown',
  exit: { how: 'exited', code: 3, requested: 'shutdown' },
};

test.each(['SIGTERM', 'SIGINT', 'SIGHUP'] as const)(
  '%s to a monitor shuts the container down, which is not started again',
  async (signal) => {
    const { domain, isClean } = await begin('told-to-end');
    sendSignal(monitorsOf(domain.name)[0], signal);
    await untilGone(domain.name);
    expect(isClean()).toBe(true);
    expect(await domain.state()).toMatchObject(inOrder);
  },
);

/** The processes of tslxc that have to do with it, and all that come from them: what runs in it, too. */
function processesAround({ name }: Domain): number[] {
  const all = listProcesses().map((pid) => ({ pid, ...readProcess(pid) }));
  const family = all
    .filter(({ pid, words }) => {
      const isOfRoot = environmentOf(pid).includes(`TSLXC_ROOT=${world.root.path}`);
      return isOfRoot || (words[0] === 'tslxc-monitor' && words.includes(name));
    })
    .map(({ pid }) => pid);
  for (const one of family) {
    const children = all.filter(({ pid, parent }) => parent === one && !family.includes(pid));
    family.push(...children.map(({ pid }) => pid));
  }
  return family;
}

test('when all processes are told to end at once, as by a host that shuts down, a container ends in order', async () => {
  const { domain, isClean } = await begin('told-with-all', {
    health: { exec: ['true'], interval: 100, retries: 1, action: 'restart' },
  });
  await domain.waitFor({ healthy: true, timeout });
  const command = domain.exec(['sleep', '4711'], { stdin: 'ignore' }).catch(() => undefined);
  const inside = await pidOf('sleep', '4711');
  const all = processesAround(domain);
  expect(all).toEqual(expect.arrayContaining([...initsOf(domain.name), inside]));
  expect(all.some((pid) => readProcess(pid).words.includes('watch-health'))).toBe(true);
  expect(all.some((pid) => readProcess(pid).words.includes('exec'))).toBe(true);
  for (const pid of all) sendUnlessEnded(pid, 'SIGTERM');
  await command;
  await untilGone(domain.name);
  expect(isClean()).toBe(true);
  expect(await domain.state()).toMatchObject(inOrder);
});
