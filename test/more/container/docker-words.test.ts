/** `run` and `create --image` with docker's options: what each becomes in a container, and what is refused. */
import { execFileSync } from 'node:child_process';
import { chmodSync, chownSync, mkdirSync, readFileSync, statSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { connect } from 'tslxc';
import { busyboxLayer, makeLayout } from '../../support/image/image-layout';
import { commandOn } from '../../support/process/command-on';
import { eventually } from '../../support/time/eventually';
import { containerTest } from '../../support/world/container-test';
import { makeTestRoot } from '../../support/root/test-root';

const world = containerTest(
  async (keep) => {
    const root = keep(await makeTestRoot());
    const connection = keep(await connect(undefined, { root: root.path }));
    const config = { Cmd: ['sh', '-c', 'echo from the image'] };
    const layout = makeLayout(join(root.path, 'layout'), { layers: [busyboxLayer()], config });
    await connection.images.pull(layout, { name: 'web' });
    const idle = makeLayout(join(root.path, 'idle'), {
      layers: [busyboxLayer()],
      config: { Cmd: ['sleep', '100000'] },
    });
    await connection.images.pull(idle, { name: 'idle' });
    const folder = join(root.path, 'shown');
    mkdirSync(folder);
    writeFileSync(join(folder, 'page'), 'a page\n');
    const variables = join(root.path, 'variables');
    writeFileSync(variables, '# of the shop\nGREETING=hello there\n');
    const other = keep(await makeTestRoot());
    const reached = join(other.path, 'reached');
    mkdirSync(reached);
    chmodSync(other.path, 0o755);
    return { root, connection, folder, variables, reached };
  },
  { per: 'file' },
);
const { says, refuses, refusesEach } = commandOn(() => world.root.path);

const status = (name: string): string => `sed -n s/^${name}:.//p /proc/self/status`;

test('options of docker hold in the container', async () => {
  const said = await says(
    `run -i -t --env-file ${world.variables} --mount type=bind,src=${world.folder},dst=/mnt,ro --tmpfs /tmp:size=64k --read-only --cap-drop ALL --cap-add NET_BIND_SERVICE --security-opt no-new-privileges --device /dev/fuse --ulimit nofile=100:200 --cpuset-cpus 0 web`,
    'sh',
    '-c',
    [
      'echo $GREETING; cat /mnt/page',
      'touch /mnt/x && echo bad; touch /x && echo bad; touch /tmp/x && echo written',
      'df -k /tmp | tail -1 | { read _ size _; echo $size; }',
      `${status('CapEff')}; ${status('NoNewPrivs')}; ${status('Cpus_allowed_list')}`,
      'ulimit -n; ulimit -Hn; ls /dev/fuse',
    ].join('; '),
  );
  expect(said).toBe(
    [
      ...['hello there', 'a page', 'written', '64', '0000000000000400', '1', '0', '100', '200'],
      ...['/dev/fuse', ''],
    ].join('\n'),
  );
});

test('shared memory is there, in the size that is asked for, for every user', async () => {
  const size = "df -k /dev/shm | sed -n '2s/^[^ ]* *\\([0-9]*\\).*/\\1/p'";
  const script = `${size}; echo shared > /dev/shm/x && cat /dev/shm/x`;
  expect(await says('run --user 1000:1000 web', 'sh', '-c', script)).toBe('65536\nshared\n');
  expect(await says('run --shm-size 1m --user 1000 web', 'sh', '-c', script)).toBe(
    '1024\nshared\n',
  );
  expect(await says('run --read-only --tmpfs /dev/shm:size=2m web', 'sh', '-c', script)).toBe(
    '2048\nshared\n',
  );
});

test('a directory of -v belongs to its owners on disk, unless others of the host can reach it', async () => {
  const data = join(world.folder, 'data');
  mkdirSync(data);
  chownSync(data, 999, 999);
  const write = 'echo x > /data/$0 && stat -c %u:%g /data/$0 || echo refused';
  const as = (user: number, folder: string, ids = 'auto'): Promise<string> =>
    says(`run --ids ${ids} --user ${user} -v ${folder}:/data web`, 'sh', '-c', write, `of-${user}`);
  expect(await as(999, data)).toBe('999:0\n');
  expect(await as(0, data)).toBe('0:0\n');
  expect(await as(1000, data)).toBe('refused\n');
  expect(['of-999', 'of-0'].map((name) => statSync(join(data, name)).uid)).toEqual([999, 0]);
  expect(await as(0, world.reached)).toBe('refused\n');
  expect(await as(0, world.reached, 'host')).toBe('0:0\n');
  const xml = await says(
    `run --print-xml --mount type=bind,src=${data},dst=/a --mount type=bind,src=${world.reached},dst=/b web`,
  );
  expect(xml.match(/<filesystem type='mount' accessmode='mapped'>/g)).toHaveLength(1);
  // What is mounted below it may be reached elsewhere.
  const below = join(data, 'below');
  mkdirSync(below);
  execFileSync('mount', ['-t', 'tmpfs', 'below', below]);
  try {
    const plain = await says(`run --print-xml -v ${data}:/a -v ${below}:/b web`);
    expect(plain).not.toContain('accessmode');
  } finally {
    execFileSync('umount', [below]);
  }
});

test('a container that is always to run is started again with what it has written, until it is destroyed', async () => {
  const script = 'echo run >> /runs; cp /runs /data/runs';
  const folder = join(world.folder, 'runs');
  mkdirSync(folder);
  await says(
    `run -d --name always --restart always -v ${folder}:/data web`,
    ...['sh', '-c', script],
  );
  const file = join(folder, 'runs');
  await eventually(() => {
    expect(readFileSync(file, 'utf8')).toMatch(/^(run\n){3,}$/);
  });
  await says('destroy always');
  expect(await refuses('domstate always')).toContain("failed to get domain 'always'");
});

test('behind the image all words are the command, as with docker', async () => {
  expect(await says('run -itm64m web', 'echo', '--name', '-d')).toBe('--name -d\n');
  expect(await says('run web --name words --', 'echo', '--name')).toBe('--name\n');
  expect(await refuses('run web --name words')).toContain("'--name'");
});

test('limits, checks and restarts are in the definition', async () => {
  const xml = await says(
    'run --print-xml -m 64m --memory-reservation 32m --memory-swap 128m --cpu-period 50000 --cpu-quota 25000 --cpu-shares 512 --pids-limit 50 --blkio-weight 300 --restart on-failure:5 --health-cmd true --health-interval 1m --health-timeout 5s --health-retries 2 --health-start-period 9s --mac-address 52:54:00:12:34:56 web',
  );
  expect(await says('run --print-xml --cpus 1.5 web')).toContain('<quota>150000</quota>');
  const created = await says(
    'create --image web --print-xml --memory 64m --memory-reservation 32m --memory-swap 128m --cpu-period 50000 --cpu-quota 25000 --cpu-shares 512 --pids-limit 50 --blkio-weight 300 --restart on-failure:5 --health-cmd true --health-interval 1m --health-timeout 5s --health-retries 2 --health-start-period 9s --mac-address 52:54:00:12:34:56',
  );
  for (const part of [
    "<memory unit='KiB'>65536</memory>",
    "<soft_limit unit='KiB'>32768</soft_limit>",
    "<swap_hard_limit unit='KiB'>131072</swap_hard_limit>",
    ...['<period>50000</period>', '<quota>25000</quota>', '<shares>512</shares>'],
    ...['<weight>300</weight>', "<tslxc:pids max='50'/>"],
    "<tslxc:restart policy='on-failure' max='5'/>",
    "<tslxc:health interval='60000' timeout='5000' retries='2' grace='9000'",
    "<mac address='52:54:00:12:34:56'/>",
  ]) {
    expect(xml).toContain(part);
    expect(created).toContain(part);
  }
});

test('create makes a domain of an image with options of docker', async () => {
  await says(
    `create --image idle --name shop --env-file ${world.variables} --mount type=bind,src=${world.folder},dst=/mnt --tmpfs /tmp --shm-size 2m --read-only --cpus 0.5 --cpuset-cpus 0 --ulimit nofile=100 --cap-add SYS_TIME --cap-drop CHOWN --security-opt no-new-privileges --device /dev/fuse`,
  );
  const said = await says(
    'exec shop --',
    'sh',
    '-c',
    `echo $GREETING; cat /mnt/page; ${status('NoNewPrivs')}; ulimit -n; ls /dev/fuse; touch /x || echo refused`,
  );
  expect(said).toBe('hello there\na page\n1\n100\n/dev/fuse\nrefused\n');
  await says('destroy shop');
});

test('run refuses what can not be', async () => {
  await refusesEach([
    ['run --env-file /nowhere web', 'No such file or directory'],
    ['run --mount type=nfs,dst=/x web', "has the type 'nfs'"],
    ['run --tmpfs x web', 'has a target that is not an absolute path'],
    ['run --restart on-failure web', 'option --restart needs --detach'],
    ['run -d --rm --restart on-failure:2 web', 'Options --restart and --rm are mutually exclusive'],
    ['run --shm-size much web', "Scaled numeric value 'much' for <shm-size>"],
    ['run --memory-reservation much web', "Scaled numeric value 'much'"],
    ['run --memory-swap much web', "Scaled numeric value 'much'"],
    ['run --cpus none web', 'is no number of CPUs'],
    ['run --cpu-period x web', "Numeric value 'x'"],
    ['run --cpu-quota x web', "Numeric value 'x'"],
    ['run --cpu-shares x web', "Numeric value 'x'"],
    ['run --cpuset-cpus x web', 'is no list of CPUs'],
    ['run --pids-limit x web', "Numeric value 'x'"],
    ['run --blkio-weight x web', "Numeric value 'x'"],
    ['run --ulimit files web', 'is not NAME=SOFT'],
    ['run --restart ever web', 'is not no, on-failure'],
    ['run --health-cmd true --health-interval x web', 'is no time'],
    ['run --health-cmd true --health-timeout x web', 'is no time'],
    ['run --health-retries 2 web', 'give one by --health-cmd'],
    ['run --health-start-period 1s web', 'give one by --health-cmd'],
    ['run --no-healthcheck --health-cmd true web', 'mutually exclusive'],
    ['run --cap-add FLY web', 'is no capability'],
    ['run --cap-drop FLY web', 'is no capability'],
    ['run --device /dev/nowhere web', 'is not there on this host'],
    ['run --security-opt label=disable web', 'is not no-new-privileges'],
    ['run --mac-address x web', 'is no Ethernet address'],
  ]);
});

test('create refuses it likewise', async () => {
  await refusesEach([
    ['create --image idle --env-file /nowhere', 'No such file or directory'],
    ['create --image idle --mount type=nfs,dst=/x', "has the type 'nfs'"],
    ['create --image idle --tmpfs x', 'has a target that is not an absolute path'],
    ['create --image idle --shm-size 0', 'has no room: its size is 0'],
    ['create --image idle --memory-reservation much', "Scaled numeric value 'much'"],
    ['create --image idle --memory-swap much', "Scaled numeric value 'much'"],
    ['create --image idle --cpus none', 'is no number of CPUs'],
    ['create --image idle --cpu-period x', "Numeric value 'x'"],
    ['create --image idle --cpu-quota x', "Numeric value 'x'"],
    ['create --image idle --cpu-shares x', "Numeric value 'x'"],
    ['create --image idle --cpuset-cpus x', 'is no list of CPUs'],
    ['create --image idle --pids-limit x', "Numeric value 'x'"],
    ['create --image idle --blkio-weight x', "Numeric value 'x'"],
    ['create --image idle --ulimit files', 'is not NAME=SOFT'],
    ['create --image idle --restart ever', 'is not no, on-failure'],
    ['create --image idle --health-cmd true --health-interval x', 'is no time'],
    ['create --image idle --health-cmd true --health-timeout x', 'is no time'],
    ['create --image idle --health-retries 2', 'give one by --health-cmd'],
    ['create --image idle --health-start-period 1s', 'give one by --health-cmd'],
    ['create --image idle --no-healthcheck --health-cmd true', 'mutually exclusive'],
    ['create --image idle --cap-add FLY', 'is no capability'],
    ['create --image idle --cap-drop FLY', 'is no capability'],
    ['create --image idle --device /dev/nowhere', 'is not there on this host'],
    ['create --image idle --security-opt label=disable', 'is not no-new-privileges'],
    ['create --image idle --mac-address x', 'is no Ethernet address'],
  ]);
});
