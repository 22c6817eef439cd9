/** `--format json` of every verb that lists or inspects; and what a misspelt word is told. */
import { connect } from 'tslxc';
import { domainXml } from '../../support/domain/domain-xml';
import { commandOn } from '../../support/process/command-on';
import { makeBusyboxRoot } from '../../support/root/busybox-root';
import { makeTestRoot } from '../../support/root/test-root';
import { eventually } from '../../support/time/eventually';
import { containerTest } from '../../support/world/container-test';

const world = containerTest(
  async (keep) => {
    const busybox = keep(await makeBusyboxRoot(['sleep']));
    const root = keep(await makeTestRoot());
    const connection = keep(await connect(undefined, { root: root.path }));
    const filesystems = [{ source: busybox.path, target: '/' }];
    const devices =
      "<interface type='ethernet'><ip address='192.0.2.5' prefix='24'/><guest dev='lan0'/></interface>";
    const domain = await connection.defineDomain(domainXml({ name: 'on', filesystems, devices }));
    await domain.start({ ownership: 'leave' });
    await domain.waitFor({ address: 'ipv4', timeout: 10_000 });
    return { root, connection, domain };
  },
  { per: 'file' },
);

const { says, refuses, refusesEach } = commandOn(() => world.root.path);

const json = async (line: string): Promise<unknown> => JSON.parse(await says(line)) as unknown;

/** Either of the numbers that JSON has, or the digits of a larger one. */
const count = expect.any(Number) as number;
const digits = expect.stringMatching(/^\d+$/) as string;
const text = expect.any(String) as string;
const list = expect.any(Array) as unknown[];
const anything = expect.anything() as unknown;

test('domains and what they are', async () => {
  const { id, uuid } = world.domain;
  const identity = { id, name: 'on', uuid };
  expect(await json('list --format json')).toEqual([
    { ...identity, state: 'running', reason: 'booted' },
  ]);
  expect(await json('dominfo on --format json')).toMatchObject({
    ...identity,
    state: { state: 'running', reason: 'booted' },
    cpuTime: digits,
    maxMemory: count,
    persistent: true,
    security: { model: text },
  });
  expect(await json('domstate on --format json')).toEqual({ state: 'running', reason: 'booted' });
  expect(await json('domid on --format json')).toEqual(identity);
  expect(await json('domuuid on --format json')).toEqual(identity);
  expect(await json(`domname ${uuid} --format json`)).toEqual(identity);
  expect(await json('ttyconsole on --format json')).toEqual({
    path: expect.stringMatching(/^\/dev\/pts\/\d+$/) as string,
  });
  expect(await json('domblklist on --format json')).toEqual([]);
});

test('what they use', async () => {
  const { uuid } = world.domain;
  expect(await json('domstats --format json')).toEqual([
    expect.objectContaining({ name: 'on', uuid, cpu: anything, maxMemory: count }),
  ]);
  expect(await json('cpu-stats on --format json')).toMatchObject({ total: digits });
  expect(await json('dommemstat on --format json')).toMatchObject({ actual: count, usage: count });
  const used = { name: 'on', memory: count, processes: count, cpu: count };
  expect(await json('top --format json --count 1 --interval 1 --sort memory --domain on')).toEqual([
    expect.objectContaining(used),
  ]);
  expect(await says('top')).toMatch(/^ Id +Name +CPU %[^\n]*\n-+\n \d+ +on +\d/);
});

test('their interfaces', async () => {
  const lan = { type: 'ethernet', guest: 'lan0' };
  expect(await json('domiflist on --format json')).toEqual([expect.objectContaining(lan)]);
  expect(await json('domifstat on lan0 --format json')).toMatchObject({
    rxBytes: anything,
  });
  expect(await json('domif-getlink on lan0 --format json')).toEqual({
    interface: 'lan0',
    link: 'up',
  });
  expect(await json('domiftune on lan0 --format json')).toEqual({});
  const address = { interface: 'lan0', family: 'ipv4', address: '192.0.2.5', prefix: 24 };
  await eventually(async () => {
    expect(
      await json('domifaddr on --source inside --interface lan0 --format json'),
    ).toContainEqual(expect.objectContaining(address));
  });
});

test('their limits', async () => {
  expect(await json('memtune on --format json')).toMatchObject({ hardLimit: count });
  expect(await json('schedinfo on --format json')).toMatchObject({ shares: count });
  expect(await json('cpuset on --format json')).toEqual({ cpuset: text });
  expect(await json('numatune on --format json')).toMatchObject({ mode: text });
  expect(await json('pidtune on --format json')).toEqual({ max: anything });
  expect(await json('blkiotune on --format json')).toMatchObject({ devices: [] });
  expect(await json('hugepagetune on --format json')).toEqual(list);
});

test('what is said of them, and what they say', async () => {
  expect(await json('desc on --format json')).toEqual({ description: null });
  await says('exec on -- sh -c', 'printf "one\\ttwo\\033[31m\\n" >/dev/console');
  await eventually(async () => {
    const lines = (await says('logs on --lines 9 --format json')).trimEnd().split('\n');
    expect(lines.map((line) => JSON.parse(line) as unknown)).toContainEqual({
      line: expect.stringContaining('one\ttwo\u001b[31m') as string,
      time: expect.stringMatching(/^\d{4}-\d\d-\d\dT\S+Z$/) as string,
    });
  });
  const item = { kind: 'domain', name: 'on', fate: 'remove', state: 'running' };
  expect(await json('purge --print --format json')).toContainEqual(item);
});

test('what happens to them', async () => {
  const { domain } = world;
  expect(await json('event --list --format json')).toContain('lifecycle');
  const told: unknown[] = [];
  const hearing = json('event --domain on --event lifecycle --timeout 30 --format json');
  const over = new AbortController();
  const waiting = hearing.then((event) => told.push(event)).finally(() => over.abort());
  // Until the command listens, what happens escapes it.
  while (!over.signal.aborted) {
    await domain.suspend();
    await domain.resume();
  }
  await waiting;
  expect(told).toEqual([
    expect.objectContaining({
      event: expect.stringMatching(/^(suspended|resumed)$/) as string,
      domain: 'on',
      uuid: domain.uuid,
      time: count,
    }),
  ]);
});

test('the host', async () => {
  expect(await json('uri --format json')).toEqual({ uri: 'lxc:///' });
  expect(await json('hostname --format json')).toEqual({ hostname: text });
  expect(await json('version --format json')).toMatchObject({ library: text });
  expect(await json('nodeinfo --format json')).toMatchObject({ cpus: count });
  expect(await json('nodecpustats --format json')).toMatchObject({ user: digits });
  expect(await json('nodememstats --format json')).toMatchObject({ total: count });
  expect(await json('nodecpumap --format json')).toMatchObject({ present: count });
  expect(await json('freecell --format json')).toEqual([{ cell: null, free: count }]);
  expect(await json('freepages --all --format json')).toContainEqual({
    cell: 0,
    pages: list,
  });
  expect(await json('node-memory-tune --format json')).toMatchObject({
    pagesShared: anything,
  });
  expect(await json('doctor --format json')).toMatchObject({ checks: list });
});

const other = "--format is one of text, json, not 'x'";

test('another format is refused', async () => {
  await refusesEach([
    ['list --format x', other],
    ['dominfo on --format x', other],
    ['domstate on --format x', other],
    ['domid on --format x', other],
    ['domuuid on --format x', other],
    ['domname 1 --format x', other],
    ['ttyconsole on --format x', other],
    ['domblklist on --format x', other],
    ['domstats --format x', other],
    ['cpu-stats on --format x', other],
    ['dommemstat on --format x', other],
    ['domblkstat on --format x', other],
    ['domiflist on --format x', other],
    ['domifstat on lan0 --format x', other],
    ['domif-getlink on lan0 --format x', other],
    ['domiftune on lan0 --format x', other],
    ['domifaddr on --format x', other],
    ['domhostname on --format x', other],
    ['memtune on --format x', other],
    ['schedinfo on --format x', other],
    ['cpuset on --format x', other],
    ['numatune on --format x', other],
    ['pidtune on --format x', other],
    ['blkiotune on --format x', other],
    ['hugepagetune on --format x', other],
    ['desc on --format x', other],
    ['logs on --format x', other],
    ['event --all --format x', other],
    ['plan on --format x', other],
  ]);
  await refusesEach([
    ['uri --format x', other],
    ['hostname --format x', other],
    ['version --format x', other],
    ['nodeinfo --format x', other],
    ['nodecpustats --format x', other],
    ['nodememstats --format x', other],
    ['nodecpumap --format x', other],
    ['freecell --format x', other],
    ['freepages --format x', other],
    ['node-memory-tune --format x', other],
    ['doctor --format x', other],
    ['net-list --format x', other],
    ['net-info x --format x', other],
    ['net-name x --format x', other],
    ['net-uuid x --format x', other],
    ['net-dhcp-leases x --format x', other],
    ['net-port-list x --format x', other],
    ['net-desc x --format x', other],
    ['net-event --event lifecycle --format x', other],
    ['purge --print --format x', other],
    ['purge --yes --format json', '--format json needs --print'],
    ['top --format x', other],
    ['top --sort x', '--sort is one of cpu, memory, processes, io, network, name'],
    ['top --interval 0', '--interval needs a number from 1 on'],
    ['top --count 0', '--count needs a number from 1 on'],
    ['top --domain nosuch', "failed to get domain 'nosuch'"],
  ]);
});

test('a word that is nearly right is told what was likely meant', async () => {
  expect(await refuses('lsit')).toContain("unknown command: 'lsit'; did you mean 'list'?");
  expect(await refuses('list --nmae')).toContain('option --nmae; did you mean --name?');
  await world.connection.defineDomain(domainXml({ name: 'frontend' }));
  expect(await refuses('domid fronted')).toContain(
    "failed to get domain 'fronted'; did you mean 'frontend'?",
  );
});
