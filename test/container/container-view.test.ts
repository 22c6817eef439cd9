/** What /proc tells a container of itself: with lxcfs on the host its own limits, and otherwise a warning. */
import { readFileSync } from 'node:fs';
import { join } from 'node:path';
import { connect } from 'tslxc';
import type { Domain, DomainEvent } from 'tslxc';
import { domainXml } from '../support/domain/domain-xml';
import { containerTest, rootAndConnection } from '../support/world/container-test';
import { LxcfsNamespace } from '../support/machine/lxcfs';
import { idMapXml, makeClosedRoot } from '../support/domain/mapped-domain';

const name = 'view';
const memory = 65_536;
const files = ['cpuinfo', 'diskstats', 'loadavg', 'meminfo', 'stat', 'swaps', 'uptime'];

const script = `
  exec > /result 2>&1
  grep MemTotal /proc/meminfo
  for name in ${files.join(' ')}; do
    if cat /proc/$name > /dev/null; then echo "read $name"; fi
    if { echo > /proc/$name; } 2> /dev/null; then echo "wrote $name"; fi
  done
  grep lxcfs /proc/mounts
  echo "up $(busybox cut -d. -f1 /proc/uptime)"`;

const world = containerTest(async (keep) => {
  const closed = keep(await makeClosedRoot());
  return { closed, ...(await rootAndConnection(keep)) };
});

function define(elements = '', connection = world.connection): Promise<Domain> {
  const filesystems = [{ source: world.closed.path, target: '/' }];
  const initArguments = ['-c', script];
  return connection.defineDomain(domainXml({ name, memory, filesystems, initArguments, elements }));
}

const result = (): string => readFileSync(join(world.closed.path, 'result'), 'utf8');

/** The warnings that every connection has been told of. */
function warnings(): string[] {
  const text = readFileSync(join(world.root.path, 'run/tslxc/events'), 'utf8');
  return text
    .trim()
    .split('\n')
    .map((line) => JSON.parse(line) as DomainEvent)
    .filter(({ event, domain }) => event === 'warning' && domain === name)
    .map(({ detail }) => detail);
}

const hostMemory = (): string =>
  /^MemTotal:\s+(\d+) kB$/m.exec(readFileSync('/proc/meminfo', 'utf8'))?.[1] ?? '';

test.each([
  ['without an id map', ''],
  ['with an id map', idMapXml()],
])('with lxcfs, %s, a container sees its own memory, and nobody is warned', async (_title, ids) => {
  using lxcfs = new LxcfsNamespace();
  const domain = await define(`${ids}\n<features><privnet/></features>`);
  expect(await lxcfs.start(name, 'mounted', world.root.path)).toMatchObject({
    code: 0,
    stderr: '',
  });
  await domain.wait();
  const output = result();
  expect(output).toMatch(new RegExp(`^MemTotal:\\s+${memory} kB$`, 'm'));
  expect(output.match(/^read .*/gm)).toEqual(files.map((file) => `read ${file}`));
  expect(output).not.toContain('wrote');
  expect(output.match(/^lxcfs .*/gm)).toEqual(
    files.map((file) => expect.stringMatching(`^lxcfs /proc/${file} fuse.lxcfs ro,`) as string),
  );
  expect(Number(/^up (\d+)$/m.exec(output)?.[1])).toBeLessThan(60);
  expect(warnings()).toEqual([]);
});

test.each(['absent', 'dead'] as const)(
  'with lxcfs %s a container starts, sees the host’s memory, and everyone is warned',
  async (state) => {
    using lxcfs = new LxcfsNamespace();
    const domain = await define();
    expect(await lxcfs.start(name, state, world.root.path)).toMatchObject({ code: 0 });
    await domain.wait();
    const output = result();
    expect(output).toMatch(new RegExp(`^MemTotal:\\s+${hostMemory()} kB$`, 'm'));
    expect(output).not.toContain('lxcfs');
    expect(warnings()).toEqual(['MeminfoIsHosts', 'SharedHostNetwork']);
  },
);

test('a logger gets the warnings too, and a follower of events sees them after the start', async () => {
  const warn = jest.fn();
  const logger = { debug: jest.fn(), info: jest.fn(), warn, error: jest.fn() };
  await using connection = await connect(undefined, { root: world.root.path, logger });
  const events = connection.events();
  const domain = await define('', connection);
  await domain.start();
  const seen: string[] = [];
  for await (const { event, detail } of events) {
    seen.push(`${event} ${detail}`);
    if (detail === 'SharedHostNetwork') break;
  }
  expect(seen.slice(0, 2)).toEqual(['defined added', 'started booted']);
  expect(seen.at(-1)).toBe('warning SharedHostNetwork');
  expect(warn).toHaveBeenCalledWith(
    { domain: name, warning: 'SharedHostNetwork' },
    "the container shares the host's network: it has no interface and no <privnet/>",
  );
});
