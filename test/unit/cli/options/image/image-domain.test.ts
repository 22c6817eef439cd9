/** The options of the verbs that make a domain from an image: what the volumes say. */
import { writeFileSync } from 'node:fs';
import { join, resolve } from 'node:path';
import {
  imageDomainOptions,
  readImageDomain,
} from '../../../../../lib/cli/options/image/image-domain';
import { parseArguments } from '../../../../../lib/cli/shell/arguments';
import type { ImageDomain } from '../../../../../lib/index';
import { removeScratchAfterEach, scratchDirectory } from '../../../driver/scratch';

removeScratchAfterEach();

function domainOf(...words: readonly string[]): ImageDomain {
  const { options } = parseArguments('run', { options: imageDomainOptions }, words);
  return readImageDomain(options, { cmd: [], environment: {} });
}

test.each<[string, ImageDomain['mounts']]>([
  ['/srv/data:/data', [{ source: '/srv/data', target: '/data', recursive: true }]],
  [
    '/srv/data:/data:ro',
    [{ source: '/srv/data', target: '/data', readonly: true, recursive: true }],
  ],
  ['/srv/a:b:/data', [{ source: '/srv/a:b', target: '/data', recursive: true }]],
  ['/srv/a:b:/data:ro', [{ source: '/srv/a:b', target: '/data', readonly: true, recursive: true }]],
  ['./data:/data', [{ source: resolve('data'), target: '/data', recursive: true }]],
  ['.:/data', [{ source: resolve('.'), target: '/data', recursive: true }]],
  ['..:/data', [{ source: resolve('..'), target: '/data', recursive: true }]],
  ['a/b:/data', [{ source: resolve('a/b'), target: '/data', recursive: true }]],
  ['data:/data', [{ type: 'volume', volume: 'data', target: '/data' }]],
  ['data:/data:rw', [{ type: 'volume', volume: 'data', target: '/data' }]],
  ['9-d.a_t:/data:ro', [{ type: 'volume', volume: '9-d.a_t', target: '/data', readonly: true }]],
  ['/srv/data:/data:rw', [{ source: '/srv/data', target: '/data', recursive: true }]],
])('the volume %s is %j', (word, mounts) => {
  expect(domainOf('--volume', word)).toEqual({ mounts });
});

test('each volume of several is read by itself, in their order', () => {
  expect(domainOf('-v', '/srv/b:/b:ro', '-v', '/srv/a:/a').mounts).toEqual([
    { source: '/srv/b', target: '/b', readonly: true, recursive: true },
    { source: '/srv/a', target: '/a', recursive: true },
  ]);
});

const others = ['x', '/srv', '/srv:data', ':/data', '/srv:/data:', '/srv:/data:z', '/a:/b:ro:ro'];

test.each(others)("'%s' is no volume", (word) => {
  expect(() => domainOf('--volume', word)).toThrow(
    `'${word}' for <volume> option is not DIRECTORY:TARGET or NAME:TARGET, with nothing, :ro or :rw behind it`,
  );
});

test('the other options have the names of a DomainSpec', () => {
  const words =
    '--name a --entrypoint sh --user 7:8 --workdir /tmp --stop-signal SIGINT --expose 81 --memory 64MiB --ids host --upper /u';
  expect(domainOf(...words.split(' '), '-e', 'A=1')).toEqual({
    ...{ name: 'a', init: 'sh', env: { A: '1' }, user: '7', group: '8', cwd: '/tmp' },
    ...{ stopSignal: 'SIGINT', ports: ['81'], memory: '65536KiB', idMap: 'host' },
    root: { overlay: '/u' },
  });
  expect(domainOf('--user', ':8')).toEqual({ user: '0', group: '8' });
  expect(domainOf('--user', 'alice')).toEqual({ user: 'alice' });
});

test.each<[string, ImageDomain]>([
  ['-m 512m', { memory: '524288KiB' }],
  ['-m1g', { memory: '1048576KiB' }],
  ['--memory 536870912', { memory: '524288KiB' }],
  [
    '--memory-reservation 64m --memory-swap 1g',
    { limits: { softMemory: '65536KiB', memoryAndSwap: '1048576KiB' } },
  ],
  ['--memory-swap -1', {}],
  ['--cpus .5', { limits: { cpuPeriod: 100_000, cpuQuota: 50_000 } }],
  ['--cpus 0', {}],
  ['--memory-swap 0', {}],
  ['-m 512mb', { memory: '524288KiB' }],
  ['-m 1.5G', { memory: '1572864KiB' }],
  ['-m 4194304', { memory: '4096KiB' }],
  ['--cpus 1.5', { limits: { cpuPeriod: 100_000, cpuQuota: 150_000 } }],
  ['--cpu-period 50000 --cpu-quota 25000', { limits: { cpuPeriod: 50_000, cpuQuota: 25_000 } }],
  ['--cpu-quota -1 --cpu-shares 0', {}],
  ['--cpu-shares 512 --blkio-weight 300', { limits: { cpuShares: 512, blockWeight: 300 } }],
  ['--cpuset-cpus 0-2,4', { cpuset: '0-2,4' }],
  ['--pids-limit 50', { limits: { processes: 50 } }],
  ['--pids-limit -1', {}],
  [
    '--ulimit nofile=1024 --ulimit core=0:-1',
    {
      resourceLimits: { nofile: { soft: 1024, hard: 1024 }, core: { soft: 0, hard: 'unlimited' } },
    },
  ],
  ['--restart no', {}],
  ['--restart on-failure', { restart: { policy: 'on-failure' } }],
  ['--restart always', { restart: { policy: 'always' } }],
  ['--restart unless-stopped', { restart: { policy: 'always' } }],
  ['--restart on-failure:5', { restart: { policy: 'on-failure', max: 5 } }],
  ['--health-cmd true', { health: { exec: ['/bin/sh', '-c', 'true'] } }],
  ['--health-retries 2', { health: { retries: 2 } }],
  ['--health-interval 0', { health: {} }],
  ['--no-healthcheck', { health: 'none' }],
  [
    '--health-cmd true --health-interval 1m30s --health-timeout 500ms --health-retries 5 --health-start-period 1h0.5s',
    {
      health: {
        exec: ['/bin/sh', '-c', 'true'],
        interval: 90_000,
        timeout: 500,
        retries: 5,
        grace: 3_600_500,
      },
    },
  ],
  ['--read-only', { root: { readonly: true } }],
  ['--read-only --upper /u', { root: { readonly: true, overlay: '/u' } }],
  ['--tmpfs /run', { mounts: [{ type: 'ram', target: '/run', size: '1GiB' }] }],
  ['--shm-size 256m', { mounts: [{ type: 'ram', target: '/dev/shm', size: '262144KiB' }] }],
  [
    '--tmpfs /run -m 64m',
    { memory: '65536KiB', mounts: [{ type: 'ram', target: '/run', size: '65536KiB' }] },
  ],
  [
    '--tmpfs /run:rw,nosuid,size=64k,mode=1777',
    { mounts: [{ type: 'ram', target: '/run', size: '64KiB' }] },
  ],
  [
    '--mount type=bind,src=/a,dst=/b,ro',
    { mounts: [{ source: '/a', target: '/b', readonly: true, recursive: true }] },
  ],
  [
    '--mount type=bind,source=/a,target=/b,bind-propagation=rslave',
    { mounts: [{ source: '/a', target: '/b', recursive: true, propagation: 'slave' }] },
  ],
  [
    '--mount type=volume,src=data,dst=/b,ro',
    { mounts: [{ type: 'volume', volume: 'data', target: '/b', readonly: true }] },
  ],
  ['--mount source=data,target=/b', { mounts: [{ type: 'volume', volume: 'data', target: '/b' }] }],
  [
    '--mount type=tmpfs,destination=/b,tmpfs-size=1m',
    { mounts: [{ type: 'ram', target: '/b', size: '1024KiB' }] },
  ],
  [
    '--cap-add NET_ADMIN --cap-drop cap_chown',
    { capabilities: { on: ['net_admin'], off: ['chown'] } },
  ],
  ['--cap-add NET_ADMIN --cap-drop NET_ADMIN', { capabilities: { on: ['net_admin'] } }],
  ['--cap-add NET_RAW --cap-add CAP_NET_RAW', { capabilities: { on: ['net_raw'] } }],
  ['--device /dev/null:rwm', { devices: [{ type: 'character', source: '/dev/null' }] }],
  ['--security-opt no-new-privileges --security-opt no-new-privileges=false', {}],
  ['--tmpfs /t:ro,rw', { mounts: [{ type: 'ram', target: '/t', size: '1GiB' }] }],
  [
    '--mount Type=BIND,"source=/a,b",target=/b,readonly=FALSE',
    { mounts: [{ source: '/a,b', target: '/b', recursive: true }] },
  ],
  [
    '--mount type=bind,source=srv,target=/b',
    { mounts: [{ source: resolve('srv'), target: '/b', recursive: true }] },
  ],
  [
    '--mount type=tmpfs,target=/b,tmpfs-mode=1777',
    { mounts: [{ type: 'ram', target: '/b', size: '1GiB' }] },
  ],
  ['--cap-drop ALL --cap-add SYS_TIME', { capabilities: { policy: 'deny', on: ['sys_time'] } }],
  ['--cap-add ALL', { capabilities: { policy: 'allow' } }],
  ['--device /dev/null:/dev/null:rwm', { devices: [{ type: 'character', source: '/dev/null' }] }],
  ['--security-opt no-new-privileges', { noNewPrivileges: true }],
  ['--security-opt=no-new-privileges:true', { noNewPrivileges: true }],
  ['--security-opt no-new-privileges=false', {}],
  ['--userns host', { idMap: 'host' }],
  [
    '--net lab --mac-address 52:54:00:12:34:56',
    { interfaces: [{ type: 'network', network: 'lab', mac: '52:54:00:12:34:56' }] },
  ],
  ['-u alice -w /tmp', { user: 'alice', cwd: '/tmp' }],
])('%s, as of docker, is %j', (line, domain) => {
  expect(domainOf(...line.split(' '))).toEqual(domain);
});

test('a file of variables is read as docker reads it, and --env outweighs it', () => {
  const file = join(scratchDirectory(), 'env');
  writeFileSync(file, '# a comment\n\nA=1\n  B = "2" \nC=\nHERE\nNOWHERE\nD=x=y\r\nA=2\n');
  const { options } = parseArguments('run', { options: imageDomainOptions }, [
    '--env-file',
    file,
    '-e',
    'D=4',
  ]);
  const environment = { HERE: 'here' };
  expect(() => readImageDomain(options, { cmd: [], environment })).toThrow(
    'has no NAME=VALUE on line 4',
  );
  writeFileSync(file, '# a comment\n\nA=1\n  B="2" \nC=\nHERE\nNOWHERE\nD=x=y\r\nA=2\n');
  expect(readImageDomain(options, { cmd: [], environment })).toEqual({
    env: { A: '2', B: '"2" ', C: '', D: '4', HERE: 'here' },
  });
});

test('what is secret in a file of variables is in no error, and no name is lost', () => {
  const file = join(scratchDirectory(), 'env');
  writeFileSync(file, 'A=1\nKEY=secret\x01\n');
  const read = (): ImageDomain => domainOf('--env-file', file);
  expect(read).toThrow('has the character U+0001 on line 2, which is not allowed');
  expect(read).not.toThrow('secret');
  writeFileSync(file, '__proto__=x\n');
  expect(Object.entries(read().env ?? {})).toEqual([['__proto__', 'x']]);
});

test('options that need or exclude another are refused', () => {
  expect(() => domainOf('--no-healthcheck', '--health-retries', '2')).toThrow(
    'options --no-healthcheck and --health-retries are mutually exclusive',
  );
  expect(() => domainOf('--cpus', '1', '--cpu-quota', '1000')).toThrow('mutually exclusive');
  expect(() => domainOf('--tmpfs', '/a', '-v', '/x:/a/')).toThrow(
    "'/a' for <tmpfs> option has the same target as '/x:/a/'",
  );
  expect(() => domainOf('--tmpfs', '/dev/shm', '--shm-size', '1m')).toThrow(
    "'1m' for <shm-size> option has the same target as '/dev/shm'",
  );
  expect(() => domainOf('--mac-address', '52:54:00:12:34:56', '--network', 'host')).toThrow(
    'is that of no interface',
  );
});

test('published ports need a virtual network, which is the default one where none is named', () => {
  const portForwards = [{ protocol: 'tcp', ranges: [{ start: 80, to: 8080 }] }];
  const on = (network: string, more = {}): object => ({
    interfaces: [{ type: 'network', network, ...more }],
  });
  expect(domainOf()).toEqual({});
  expect(domainOf('--network', 'none')).toEqual({});
  expect(domainOf('--network', 'host')).toEqual({ privateNetwork: false });
  expect(domainOf('--network', 'lab')).toEqual(on('lab'));
  expect(domainOf('-p', '80:8080')).toEqual(on('default', { portForwards }));
  expect(domainOf('-p', '80:8080', '--network', 'lab')).toEqual(on('lab', { portForwards }));
  expect(() => domainOf('-p', '80:80', '--network', 'none')).toThrow(
    "no port can be published: with the network 'none' it has no interface",
  );
  expect(() => domainOf('-p', '80:80', '--network', 'host')).toThrow(
    "with the network 'host' its ports are those of the host already",
  );
});

test.each([
  ['65536', 64],
  ['0', 0],
  ['100k', 100],
])('a memory of %s is refused by the word that was typed', (word, kibibytes) => {
  expect(() => domainOf('--memory', word)).toThrow(
    `'${word}' for <memory> option is ${kibibytes} KiB, too little to start a container: it needs 1024 KiB or more; a number alone is bytes`,
  );
});
