/** Devices of the host: their nodes in the container's /dev, and what each kind of cgroup allows. */
import {
  allowDevices,
  planHostDevices,
  wantedDevices,
} from '../../../../lib/plan/mounts/host-devices';
import type { HostDevice } from '../../../../lib/plan/mounts/host-devices';
import { planCgroups } from '../../../../lib/plan/cgroups/cgroups';
import { document, parse } from '../../domain/parse-context';
import { compile, layouts } from '../plan-context';

const misc = (source: string): string =>
  `<hostdev mode='capabilities' type='misc'><source><char>${source}</char></source></hostdev>`;
const storage = (source: string): string =>
  `<hostdev mode='capabilities' type='storage'><source><block>${source}</block></source></hostdev>`;
const disk = (source: string, target: string, flags = ''): string =>
  `<disk type='block'><source dev='${source}'/><target dev='${target}'/>${flags}</disk>`;

const devices = document({
  devices:
    `<console/>${misc('/dev/net/tun')}${storage('/srv/deep/er/disk')}` +
    `${disk('/dev/vg/lv', 'sda')}${disk('/dev/vg/other', 'sdb', '<readonly/>')}` +
    "<disk type='file' device='cdrom'><source file='/srv/image'/><target dev='sdc'/></disk>",
});

test.each([
  ['', { server: 'loop' }],
  ["<driver name='loop'/>", { server: 'loop' }],
  ["<driver type='raw'/>", { server: 'loop' }],
  ["<driver type='qcow2'/>", { server: 'nbd', format: 'qcow2' }],
  ["<driver name='nbd' type='raw'/>", { server: 'nbd', format: 'raw' }],
])('an image with the driver %s is shown as libvirt shows it', (driver, served) => {
  const image = `<disk>${driver}<source file='/x'/><target dev='sda'/></disk>`;
  const [wanted] = wantedDevices(parse(document({ devices: image })));
  expect(wanted).toMatchObject({ kind: 'image', source: '/x', ...served });
});

test('timers are devices with the local clock, to be read', () => {
  const timers = (offset: string, more = '') =>
    wantedDevices(
      parse(
        document({
          elements: `<clock offset='${offset}'><timer name='rtc'${more}/><timer name='hpet'/></clock>`,
        }),
      ),
    ).map(({ source, node, kind, access }) => [source, node, kind, access]);
  const hpet = ['/dev/hpet', 'hpet', 'character device', 'r'];
  expect(timers('localtime')).toEqual([['/dev/rtc0', 'rtc', 'character device', 'r'], hpet]);
  expect(timers('localtime', " present='no'")).toEqual([hpet]);
  expect(timers('utc')).toEqual([]);
});

const found: readonly HostDevice[] = [
  { node: 'net/tun', rule: { type: 'c', major: 10, minor: 200, access: 'rwm' }, mode: 0o666 },
  { node: 'deep/er/disk', rule: { type: 'b', major: 259, minor: 70_000, access: 'rm' } },
];

test('a disk has its own name, a host device that of the host without its first component', () => {
  expect(
    wantedDevices(parse(devices)).map(({ node, kind, access }) => [node, kind, access]),
  ).toEqual([
    ['sda', 'block device', 'rwm'],
    ['sdb', 'block device', 'rm'],
    ['sdc', 'image', 'rm'],
    ['net/tun', 'character device', 'rwm'],
    ['deep/er/disk', 'block device', 'rwm'],
  ]);
});

test('nodes are made with their folders in the tree that becomes /dev, with the mode of the host’s, or for root alone', () => {
  const { plan } = compile(parse(devices), { facts: { devices: found } });
  const made = plan.outside.filter(
    (operation) => operation.op === 'makeDirectory' && operation.path !== 'pts',
  );
  expect(made).toEqual(
    ['net', 'deep', 'deep/er'].map((path) => ({
      op: 'makeDirectory',
      tree: 'dev',
      path,
      mode: 0o755,
    })),
  );
  expect(planHostDevices(parse(devices), found).slice(-2)).toEqual([
    expect.objectContaining({
      path: 'net/tun',
      type: 0o020000,
      major: 10,
      minor: 200,
      mode: 0o666,
    }),
    expect.objectContaining({ path: 'deep/er/disk', type: 0o060000, minor: 70_000, mode: 0o700 }),
  ]);
});

test('with an id map they are those of the container’s root', () => {
  const position = { line: 1, column: 1 };
  const ranges = [{ start: 0, target: 100_000, count: 10, position }];
  const definition = { ...parse(devices), idMap: { uids: ranges, gids: ranges, position } };
  expect(planHostDevices(definition, found).slice(-5)).toEqual(
    ['net', 'deep', 'deep/er', 'net/tun', 'deep/er/disk'].map((path) => ({
      op: 'changeOwner',
      tree: 'dev',
      path,
      uid: 100_000,
      gid: 100_000,
    })),
  );
});

test.each(['v1', 'hybrid'] as const)(
  'on %s they are allowed after all has been denied',
  (layout) => {
    const cgroups = planCgroups(parse(devices), layouts[layout], { root: '/' });
    const { steps } = allowDevices(cgroups, found);
    const added = steps.filter((step) => !cgroups.steps.includes(step));
    const path = '/sys/fs/cgroup/devices/libvirt/lxc/test/devices.allow';
    expect(added).toEqual([
      { step: 'write', path, value: 'c 10:200 rwm' },
      { step: 'write', path, value: 'b 259:70000 rm' },
    ]);
    const deny = steps.findIndex((step) => step.step === 'write' && step.value === 'a');
    expect(steps.slice(deny + 1, deny + 3)).toEqual(added);
  },
);

test('on v2 they are in the program', () => {
  const cgroups = planCgroups(parse(devices), layouts.v2, { root: '/' });
  const rulesOf = ({ steps }: typeof cgroups) =>
    steps.flatMap((step) => (step.step === 'devices' ? step.rules : []));
  expect(rulesOf(allowDevices(cgroups, found))).toEqual([
    ...rulesOf(cgroups),
    ...found.map(({ rule }) => rule),
  ]);
});

test.each([
  ['a relative source', misc('dev/x'), "device source 'dev/x' is not an absolute path"],
  ['a source with dots', misc('/dev/../x'), "device source '/dev/../x' is not an absolute path"],
  [
    'a source without a folder',
    storage('/x'),
    "device source '/x' has no name below a folder like /dev",
  ],
  ['a name of the container’s own', misc('/dev/null'), '/dev/null can’t'],
  [
    'a name below one',
    misc('/dev/pts/7'),
    "/dev/pts/7 can't be made: the container has a /dev/pts",
  ],
  ['the console', misc('/dev/console'), "/dev/console can't be made"],
  ['a terminal', misc('/dev/tty1'), "/dev/tty1 can't be made"],
  ['a name twice', misc('/dev/a/b') + misc('/srv/a/b'), 'the container has a /dev/a/b'],
  ['a name that is a folder', misc('/dev/a/b') + misc('/dev/a'), 'the container has a /dev/a/b'],
  ['the name of a disk', disk('/dev/x', 'sda') + storage('/dev/sda'), 'has a /dev/sda'],
])('%s is refused with its place', (_title, text, words) => {
  const definition = parse(document({ devices: `<console/>\n${text}` }));
  const refuse = () => wantedDevices(definition);
  expect(refuse).toThrow(words.replace('’', "'"));
  expect(refuse).toThrow(
    expect.objectContaining({
      code: 'CONFIG_UNSUPPORTED',
      element: 'domain/devices/hostdev',
      line: 9,
    }) as Error,
  );
});

test('a terminal that the container doesn’t have may be the host’s', () => {
  expect(
    wantedDevices(parse(document({ devices: `<console/>${misc('/dev/tty3')}` }))),
  ).toHaveLength(1);
});
