/** A wrong argument is a TypeError at once that names it; nothing is converted silently. */
import { addonPath } from './node-child';

/** The addon without its types, to say what TypeScript forbids. */
const addon = module.require(addonPath) as Record<string, (...args: unknown[]) => unknown>;

function refusalOf(name: string, ...args: readonly unknown[]): string {
  try {
    addon[name]?.(...args);
  } catch (error) {
    const { name: kind, message } = error as Error;
    return `${kind}: ${message}`;
  }
  throw new Error('the arguments were accepted');
}

const request = {
  executable: 3,
  argv: ['monitor'],
  cgroups: [],
  leafCgroup: -1,
  plan: new Uint8Array(),
  descriptors: [],
};

test.each([
  ['openPidfd', [], 'pid must be an integer'],
  ['openPidfd', ['1'], 'pid must be an integer'],
  ['openPidfd', [1.5], 'pid must be an integer in its range'],
  ['openPidfd', [Number.NaN], 'pid must be an integer in its range'],
  ['openPidfd', [2 ** 31], 'pid must be an integer in its range'],
  ['closeElsewhere', [3], 'descriptors must be an array'],
  ['windowSize', [-2], 'fd must be an integer in its range'],
  ['tryLockByte', [0, 2 ** 53], 'offset must be an integer in its range'],
  ['setWindowSize', [0, { rows: 70_000, columns: 1 }], 'size.rows must be an integer in its range'],
  ['setWindowSize', [0], 'size must be an object'],
  ['sealedCopy', [7], 'path must be a string'],
  ['sealedCopy', ['/bin/true\0'], 'path must be a string without NUL'],
  ['makeFilesystem', ['tmpfs', 'ro', 0], 'options must be an array'],
  ['makeFilesystem', ['tmpfs', ['ro', 1], 0], 'options[1] must be a string'],
  ['setXattr', [0, 'user.x', 'text'], 'value must be a Uint8Array'],
  ['setXattr', [0, 'user.x', new Uint16Array(1)], 'value must be a Uint8Array'],
  ['flock', [0, 'both'], "mode must be one of 'shared' 'exclusive'"],
  ['killCgroups', ['/a', 1], 'paths must be an array'],
  ['killCgroups', [['/a']], 'milliseconds must be an integer'],
  [
    'applyCgroupSteps',
    [[{ step: 'burn', path: '/' }]],
    "steps[0].step must be one of 'make' 'write' 'mark' 'own' 'devices'",
  ],
  ['startMonitor', [{ ...request, argv: 'x' }], 'request.argv must be an array'],
  ['startMonitor', [{ ...request, plan: undefined }], 'request.plan must be a Uint8Array'],
  ['instructMonitor', [-2, request], 'channel must be an integer in its range'],
  ['instructMonitor', [0, { cgroups: [] }], 'request.plan must be a Uint8Array'],
  [
    'createLink',
    [{ kind: 'tun', name: 'x' }],
    "request.kind must be one of 'veth' 'bridge' 'macvlan'",
  ],
  [
    'createLink',
    [{ kind: 'bridge', name: 'x', address: '52:54:00:12:34' }],
    'request.address must be an address such as 52:54:00:12:34:56',
  ],
  [
    'createLink',
    [{ kind: 'bridge', name: 'x', address: '52:54:00:12:34-5x' }],
    'request.address must be an address such as 52:54:00:12:34:56',
  ],
  ['createLink', [{ kind: 'bridge', name: 'x', stp: 1 }], 'request.stp must be a boolean'],
  ['changeLink', ['x', { isolated: 'yes' }], 'change.isolated must be a boolean'],
  [
    'addAddress',
    ['x', { address: '192.0.2.1', prefix: 256, peer: '', broadcast: '' }],
    'address.prefix must be an integer in its range',
  ],
  ['addRoute', ['x', { address: '192.0.2.0', prefix: 24 }], 'route.gateway must be a string'],
  ['listRoutes', ['x'], 'namespace must be an integer'],
])('%s refuses %j', (name, args, message) => {
  expect(refusalOf(name, ...args)).toBe(`TypeError: ${message}`);
});

test('a rule of a device names what is wrong with it', () => {
  const rules = [
    { type: 'c', major: 1, minor: 3, access: 'rwm' },
    { type: 'c', major: 1, minor: 3, access: 'mr' },
  ];
  expect(refusalOf('applyCgroupSteps', [{ step: 'devices', path: '/', rules }])).toMatch(
    /^TypeError: steps\[0\]\.rules\[1\]\.access must be one of/,
  );
});

test('an error thrown by a getter passes as it is', () => {
  const size = {
    columns: 1,
    get rows(): number {
      throw new RangeError('from the getter');
    },
  };
  expect(refusalOf('setWindowSize', 0, size)).toBe('RangeError: from the getter');
});
