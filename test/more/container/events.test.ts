/** What one process does to domains, another hears of: all of it, in order, however much it is. */
import { connect } from 'tslxc';
import type { DomainEvent } from 'tslxc';
import { spawn } from 'node:child_process';
import { once } from 'node:events';
import { DrivenChild } from '../../support/process/driven-child';
import { domainXml } from '../../support/domain/domain-xml';
import { eventually } from '../../support/time/eventually';
import { containerTest, nothing } from '../../support/world/container-test';
import { repeats } from '../../support/time/repeats';
import { commandEnvironment, commandLine } from '../../support/process/run-command';
import { makeTestRoot } from '../../support/root/test-root';

containerTest(nothing);

const uuid = '3f0f7a5e-53f5-4c57-8b0a-0d2a4c3b9a11';
const xml = (name: string): string => JSON.stringify(domainXml({ name, uuid, init: '/bin/cat' }));

/** 50 operations a round; resolves to what each has to be told as. */
const operations = (rounds: number): string => `
  const expected = [];
  let operations = 0;
  const done = (...events) => { operations += 1; expected.push(...events); };
  for (let round = 0; round < ${rounds}; round += 1) {
    let domain = await connection.defineDomain(${xml('told')});
    done('defined added told');
    for (let step = 0; step < 14; step += 1) {
      await domain.setTitle('round ' + round + ', step ' + step);
      done('metadata-change title told');
      await connection.defineDomain(${xml('told')});
      done('defined updated told');
      await domain.setMetadata('urn:round', { key: 'r', xml: '<step number="' + step + '"/>' });
      done('metadata-change element told urn:round');
    }
    await domain.start();
    done('started booted told', 'warning SharedHostNetwork told');
    await domain.setDescription('it runs');
    done('metadata-change description told');
    await domain.destroy();
    done('stopped destroyed told');
    domain = await domain.rename('retold');
    done('undefined renamed told', 'defined renamed retold');
    await domain.undefine();
    done('undefined removed retold');
    domain = await connection.createDomain(${xml('told')});
    done('started booted told', 'warning SharedHostNetwork told');
    await domain.destroy();
    done('stopped destroyed told');
  }
  return { expected, operations };`;

function told({ event, detail, domain, uri }: DomainEvent): string {
  return [event, detail, domain, ...(uri === undefined ? [] : [uri])].join(' ');
}

test(`of ${repeats(1000)} operations of one process, another hears of each, in order`, async () => {
  await using root = await makeTestRoot();
  await using connection = await connect(undefined, { root: root.path });
  await using child = await DrivenChild.start(root.path);
  const heard: string[] = [];
  const called: string[] = [];
  const all = (async () => {
    for await (const event of connection.events()) heard.push(told(event));
  })();
  const listener = (event: DomainEvent): void => void called.push(told(event));
  connection.on('domain', listener);
  const { expected, operations: count } = (await child.run(operations(repeats(20)))) as {
    expected: string[];
    operations: number;
  };
  expect(count).toBe(repeats(1000));
  // Whether lxcfs is there is the host's affair.
  const seen = (list: readonly string[]) => list.filter((one) => !one.includes('MeminfoIsHosts'));
  await eventually(() => expect(seen(heard)).toHaveLength(expected.length));
  await eventually(() => expect(seen(called)).toHaveLength(expected.length));
  expect(seen(heard)).toEqual(expected);
  expect(seen(called)).toEqual(expected);
  connection.off('domain', listener);
  await connection.close();
  await all;
});

test('the command prints events in the words of virsh', async () => {
  await using root = await makeTestRoot();
  await using child = await DrivenChild.start(root.path);
  const words = ['event', '--all', '--loop', '--timestamp'];
  const watcher = spawn(commandLine(...words)[0] ?? '', commandLine(...words).slice(1), {
    env: commandEnvironment(root.path),
    stdio: ['ignore', 'pipe', 'inherit'],
  });
  let text = '';
  watcher.stdout.on('data', (chunk: Buffer) => (text += chunk.toString()));
  const ended = once(watcher, 'close');
  try {
    // It says nothing before the first event: so there are some until it has seen one.
    await eventually(async () => {
      await child.run(`await (await connection.defineDomain(${xml('first')})).undefine()`);
      expect(text).toContain("domain 'first'");
    });
    await child.run(operations(1));
    await eventually(() => expect(text.match(/Stopped Destroyed/g)).toHaveLength(2));
  } finally {
    watcher.kill('SIGINT');
  }
  expect(await ended).toEqual([0, null]);
  const lines = text.split('\n');
  const stamp = /^\d{4}-\d\d-\d\d \d\d:\d\d:\d\d\.\d{3}\+0000: event '/;
  const events = lines.filter((line) => line.includes('event ') && !line.startsWith('event'));
  expect(events.filter((line) => !stamp.test(line))).toEqual([]);
  const said = [...new Set(events.map((line) => line.replace(/^.{30}/, '')))];
  const expected = [
    "event 'lifecycle' for domain 'told': Defined Added",
    "event 'metadata-change' for domain 'told': type title, uri <null>",
    "event 'lifecycle' for domain 'told': Defined Updated",
    "event 'metadata-change' for domain 'told': type element, uri urn:round",
    "event 'lifecycle' for domain 'told': Started Booted",
    "event 'metadata-change' for domain 'told': type description, uri <null>",
    "event 'lifecycle' for domain 'told': Stopped Destroyed",
    "event 'lifecycle' for domain 'told': Undefined Renamed",
    "event 'lifecycle' for domain 'retold': Defined Renamed",
    "event 'lifecycle' for domain 'retold': Undefined Removed",
  ];
  expect(said).toEqual(expect.arrayContaining(expected));
  expect(lines.at(-4)).toBe('event loop interrupted');
  expect(lines.at(-3)).toMatch(/^events received: \d+$/);
});
