/** A command is confined exactly as the init of its container is, whatever that is: compared by what the kernel says. */
import { readFileSync, readdirSync, readlinkSync } from 'node:fs';
import { initOf } from '../support/world/container-traces';
import { eventually } from '../support/time/eventually';
import { helpers, pidOf, runIn } from '../support/domain/exec';
import { readProcess } from '../support/process/processes';
import { containerTest } from '../support/world/container-test';
import { idMapXml, makeClosedRoot, privateNetworkXml } from '../support/domain/mapped-domain';
import { TestDomain } from '../support/domain/test-domain';

const closed = containerTest(async (keep) => keep(await makeClosedRoot()), { per: 'file' });

/** Lines of proc_pid_status(5) that say what a process may do. */
const compared =
  /^(Umask|Uid|Gid|Groups|Cap\w+|NoNewPrivs|Seccomp\w*|SigBlk|SigIgn|Cpus_allowed|Mems_allowed|Speculation\w+):/;

function factsOf(pid: number): Record<string, unknown> {
  const read = (name: string): string => readFileSync(`/proc/${pid}/${name}`, 'utf8');
  const namespaces = readdirSync(`/proc/${pid}/ns`);
  return {
    status: read('status')
      .split('\n')
      .filter((line) => compared.test(line)),
    namespaces: namespaces.map((name) => readlinkSync(`/proc/${pid}/ns/${name}`)),
    cgroup: read('cgroup'),
    limits: read('limits'),
    oom: read('oom_score_adj'),
    root: readlinkSync(`/proc/${pid}/root`),
    cwd: readlinkSync(`/proc/${pid}/cwd`),
    ids: [read('uid_map'), read('gid_map')],
    mounts: read('mountinfo'),
  };
}

const extension = (content: string): string =>
  `<metadata><tslxc:container xmlns:tslxc='urn:tslxc:domain:1'>${content}</tslxc:container></metadata>`;
const shares =
  `<lxc:namespace xmlns:lxc='http://libvirt.org/schemas/domain/lxc/1.0'>` +
  `<lxc:sharenet type='pid' value='${process.pid}'/><lxc:shareipc type='pid' value='${process.pid}'/>` +
  '</lxc:namespace>';

test.each([
  ['hardened', '', ''],
  ['compat', extension("<tslxc:hardening level='compat'/>"), ''],
  ['an id map', idMapXml() + privateNetworkXml, ''],
  ['an id map and the host’s network', idMapXml(), ''],
  ['shared namespaces', shares, ''],
  ['shared namespaces with an id map', idMapXml() + shares, ''],
  ['a user of its own', '', '<inituser>1234</inituser><initgroup>5678</initgroup>'],
  ['no capability', "<features><capabilities policy='deny'/></features>", ''],
  [
    'limits of its own',
    extension(
      "<tslxc:no-new-privileges/><tslxc:rlimit name='nofile' soft='99' hard='100'/><tslxc:rlimit name='nproc' soft='777' hard='888'/>",
    ),
    '',
  ],
])('with %s', async (_, elements, osElements) => {
  await using test = await TestDomain.make({
    name: 'exec-equal',
    init: '/bin/sleep',
    initArguments: ['100000'],
    filesystems: [{ source: closed.path, target: '/' }],
    elements,
    osElements,
  });
  await test.start();
  const init = factsOf(await initOf(test.name));
  const process = await test.domain.exec(['sleep', '7001'], { stdin: 'ignore' }).started;
  expect(factsOf(await pidOf('sleep', '7001'))).toEqual(init);
  // What looks after it inside can do no more than it.
  // The process that has joined the namespaces may be about to go: it has no more to do than to make that one.
  const guardians = helpers().filter((pid) => readProcess(pid).depth > 1);
  expect(guardians).toHaveLength(1);
  const { status, ...others } = factsOf(guardians[0] ?? 0);
  const capabilities = (lines: unknown): string[] =>
    (lines as string[]).filter((line) => /^(Uid|Gid|Groups|Cap|NoNew|Seccomp)/.test(line));
  expect(capabilities(status)).toEqual(capabilities(init['status']));
  expect(others).toEqual(withoutStatus(init));
  process.destroy();
  await process.result;
  await eventually(() => expect(helpers()).toEqual([]));
});

function withoutStatus(facts: Record<string, unknown>): Record<string, unknown> {
  return Object.fromEntries(Object.entries(facts).filter(([name]) => name !== 'status'));
}

test('a command inherits its three streams, and nothing else', async () => {
  await using test = await TestDomain.make({ name: 'exec-descriptors' });
  await test.start();
  const { stdout } = await runIn(test.domain, ['sh', '-c', 'exec ls /proc/self/fd']);
  // The fourth is the directory that ls reads.
  expect(stdout.split('\n')).toEqual(['0', '1', '2', '3', '']);
  const process = await test.domain.exec(['sleep', '7002'], { tty: { rows: 1, columns: 1 } })
    .started;
  const pid = await pidOf('sleep', '7002');
  const links = readdirSync(`/proc/${pid}/fd`).map((fd) => readlinkSync(`/proc/${pid}/fd/${fd}`));
  expect(links).toEqual(Array(3).fill(expect.stringMatching(/^\/dev\/pts\/\d+$/)));
  process.destroy();
  await process.result;
});

test('what init has given up since its start, a command does not get back', async () => {
  const drop = 'exec setpriv --bounding-set -chown,-kill --no-new-privs sleep 100000';
  await using test = await TestDomain.make({
    name: 'exec-less',
    init: '/bin/sh',
    initArguments: ['-c', drop],
  });
  await test.start();
  // It gives one up after the other, and executes sleep then.
  await eventually(async () =>
    expect(readProcess(await initOf(test.name)).words).toEqual(['sleep', '100000']),
  );
  const init = factsOf(await initOf(test.name));
  const process = await test.domain.exec(['sleep', '7003'], { stdin: 'ignore' }).started;
  const bounding = (facts: Record<string, unknown>): unknown =>
    (facts['status'] as string[]).filter((line) => /^(CapBnd|NoNewPrivs)/.test(line));
  expect(bounding(factsOf(await pidOf('sleep', '7003')))).toEqual(bounding(init));
  process.destroy();
  await process.result;
});
