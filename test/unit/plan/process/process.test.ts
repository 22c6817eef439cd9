/** Init's environment, host name and last steps, as libvirt's driver makes them. */
import {
  hostname,
  planEnvironment,
  planMemoryPolicy,
  planPersonality,
  planProcess,
} from '../../../../lib/plan/process/process';
import { document, parse } from '../../domain/parse-context';
import { compile, rootPrivileges } from '../plan-context';

const uuid = '5c6a1d3e-4f0b-4c1a-9d2e-0a1b2c3d4e5f';
const text = `PATH=/bin:/sbin
TERM=linux
container=lxc-libvirt
HOME=/
container_uuid=${uuid}
LIBVIRT_LXC_UUID=${uuid}
LIBVIRT_LXC_NAME=test`;

function environment(parts: Parameters<typeof document>[0], passed = 0): string {
  return planEnvironment(parse(document(parts)), passed).join('\n');
}

test('the environment is libvirt’s, byte for byte', () => {
  expect(environment({})).toBe(text);
});

test('the consoles after the first are listed before the names', () => {
  const three = { devices: "<console type='pty'/><console type='pty'/>" };
  expect(environment(three)).toBe(
    text.replace('LIBVIRT_LXC_UUID', 'container_ttys=pts/1 pts/2\nLIBVIRT_LXC_UUID'),
  );
});

test('the definition’s variables come last, and replace one of that name in its place', () => {
  const os = [
    "<initenv name='FIRST'>1</initenv>",
    "<initenv name='TERM'>xterm = a</initenv>",
    "<initenv name='HOME'>/root</initenv>",
    "<initenv name='FIRST'>again</initenv>",
    "<initenv name='ÄRGER'>ü</initenv>",
  ].join('');
  expect(environment({ os })).toBe(
    `${text.replace('TERM=linux', 'TERM=xterm = a').replace('HOME=/', 'HOME=/root')}
FIRST=again
ÄRGER=ü`,
  );
});

test('the command line of the kernel stands behind the names', () => {
  expect(environment({ os: '<cmdline>quiet ro</cmdline>' })).toBe(
    `${text}\nLIBVIRT_LXC_CMDLINE=quiet ro`,
  );
});

test('descriptors that are passed are announced as sd_listen_fds(3) wants it', () => {
  expect(environment({}, 3)).toBe(`${text}\nLISTEN_PID=1\nLISTEN_FDS=3`);
});

test.each([
  ['helloworld', 'helloworld'],
  ['ra-7.with_odd$name', 'ra-7withoddname'],
  ['-leading', 'leading'],
  ['--two', '-two'],
  ['.-x', 'x'],
  ['trailing-', 'trailing-'],
  ['üñï', ''],
  ['a'.repeat(100), 'a'.repeat(64)],
])('the host name of domain %s is %s', (domain, expected) => {
  expect(hostname(domain)).toBe(expected);
});

test('a 32-bit container of a 64-bit host takes the kernel for one of 32 bits, and no other does', () => {
  const typed = (type: string) => parse(document({}).replace('<type>exe', type));
  const host = { arch: 'x86_64' };
  expect(planPersonality(typed("<type arch='i686'>exe"), host)).toEqual([
    { op: 'setPersonality', persona: 8 },
  ]);
  expect(planPersonality(typed("<type arch='x86_64'>exe"), host)).toEqual([]);
  expect(planPersonality(typed('<type>exe'), host)).toEqual([]);
});

test.each([
  ['preferred', '1', { mode: 1, nodes: [1] }],
  ['preferred', '0-1,4', { mode: 5, nodes: [0, 1, 4] }],
  ['interleave', '0', { mode: 3, nodes: [0] }],
])('the mode %s of the nodes %s is a memory policy', (mode, nodeset, policy) => {
  const elements = `<numatune><memory mode='${mode}' nodeset='${nodeset}'/></numatune>`;
  expect(planMemoryPolicy(parse(document({ elements })))).toEqual([
    { op: 'setMemoryPolicy', ...policy },
  ]);
});

test.each(['strict', 'restrictive'])('the mode %s is for the cgroup', (mode) => {
  const elements = `<numatune><memory mode='${mode}' nodeset='0'/></numatune>`;
  expect(planMemoryPolicy(parse(document({ elements })))).toEqual([]);
});

test('the bounding set goes before the ids, which go before the capabilities and the directory; the death signal is last', () => {
  const definition = parse(document({ os: '<initdir>/srv</initdir>' }));
  const identity = { uid: 33, gid: 34, groups: [35] };
  const facts = { hardening: 'compat', arch: 'x86_64', privileges: rootPrivileges } as const;
  expect(planProcess(definition, identity, facts).map(({ op }) => op)).toEqual([
    'setHostname',
    'limitBoundingSet',
    'setIds',
    'setCapabilities',
    'changeDirectory',
    'resetSignals',
    'setParentDeathSignal',
  ]);
});

test('standard streams of the caller are no descriptors that init listens at', () => {
  const definition = parse(document({}));
  const header = (facts: object) => compile(definition, { facts }).plan.header;
  const given = header({ passDescriptors: 5, standardStreams: true });
  expect(given).toMatchObject({ passDescriptors: 5, standardStreams: 1 });
  expect(given.environment).toContain('LISTEN_FDS=2');
  const alone = header({ passDescriptors: 3, standardStreams: true });
  expect(alone.environment.filter((one) => one.startsWith('LISTEN_'))).toEqual([]);
  expect(header({ passDescriptors: 3 })).toMatchObject({ standardStreams: 0 });
});
