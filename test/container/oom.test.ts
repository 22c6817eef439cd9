/** T27. What the kernel kills for lack of memory says so: in its reason, its event and its record, also when no process waited. */
import type { Domain, DomainEvent } from 'tslxc';
import { domainXml } from '../support/domain/domain-xml';
import { runSuccessfully } from '../support/process/run-command';
import { eventually } from '../support/time/eventually';
import { containerTest, rootAndConnection } from '../support/world/container-test';

const made = containerTest(rootAndConnection);

/** Keeps all that it reads, for a line that never ends. */
const greedy = 'tail /dev/zero';
const starved = { how: 'killed', signal: 9, OOMKilled: true };

interface Hungry {
  /** KiB. */
  readonly memory?: number;
  /** Further arguments of the shell. */
  readonly words?: readonly string[];
}

function define(script: string, { memory = 20_480, words = [] }: Hungry = {}): Promise<Domain> {
  const init = { init: '/bin/sh', initArguments: ['-c', script, ...words] };
  return made.connection.defineDomain(domainXml({ name: 'hungry', memory, ...init }));
}

const reason = async (): Promise<string> =>
  (await runSuccessfully(['domstate', '--reason', 'hungry'], { root: made.root.path })).trim();

test('the owner hears of it', async () => {
  const domain = await define(`exec ${greedy}`);
  const stopped: DomainEvent[] = [];
  const events = made.connection.events();
  await domain.start();
  expect(await domain.wait()).toMatchObject(starved);
  for await (const event of events) {
    if (event.event === 'stopped') stopped.push(event);
    if (stopped.length > 0) break;
  }
  expect(stopped).toMatchObject([{ detail: 'crashed', exit: starved }]);
  expect(await domain.state()).toMatchObject({ reason: 'crashed', exit: starved });
});

test('it is on record where no process waited', async () => {
  await define(`sleep 1; exec ${greedy}`);
  await runSuccessfully(['start', 'hungry'], { root: made.root.path });
  await eventually(async () => expect(await reason()).toBe('shut off (crashed (oom-killed))'));
});

test('a signal from outside is none, and a destroy is one, whatever was killed before', async () => {
  const domain = await define('sleep 1000');
  await domain.start({ ownership: 'leave' });
  await domain.sendSignal(9);
  await eventually(async () => expect(await reason()).toBe('shut off (crashed: signal SIGKILL)'));
  const survivor = await define(`${greedy}; echo survived; sleep 1000`);
  await survivor.start({ ownership: 'leave' });
  await survivor.waitFor({ console: /survived/ });
  await survivor.destroy();
  expect(await reason()).toBe('shut off (destroyed)');
});

test('a start says which element leaves init too little', async () => {
  // The least that is not refused, and more than that to be copied by execve: the kernel kills init in the midst of it.
  const words = Array.from({ length: 15 }, () => 'x'.repeat(100_000));
  const domain = await define('sleep 1000', { memory: 1024, words });
  await expect(domain.start()).rejects.toMatchObject({
    message: expect.stringMatching(/init died with signal 9 \(oom-killed\): <memory>/) as string,
  });
});
