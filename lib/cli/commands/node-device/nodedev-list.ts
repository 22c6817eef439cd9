/** nodedev-list: the devices of the host, one in each line or as a tree. */
import { formatOption, showsData } from '../../output/data';
import { treeLines } from '../../output/tree';
import { CommandError, withErrorMessage } from '../../shell/command-error';
import type { DeviceCapability, NodeDeviceFilter, NodeDeviceInfo } from '../../../index';
import { deviceCapabilities } from '../../../host/devices/node-device';
import type { Options } from '../../shell/arguments';
import type { CommandTable, Context } from '../../shell/command';

/** What virsh knows besides, and no device here has. */
const otherCapabilities = [
  'mdev_types',
  'mdev',
  'ccw',
  'css',
  'vdpa',
  'ap_card',
  'ap_queue',
  'ap_matrix',
  'vpd',
  'ccwgroup',
  'ccwgroup_member',
];

export const commands: CommandTable = {
  'nodedev-list': {
    group: 'nodedev',
    summary: 'enumerate devices on this host',
    description:
      'List the devices of the host, by name. Each is active and persistent: --inactive and --transient list none.',
    options: [
      { name: 'tree', kind: 'flag', help: 'list devices in a tree' },
      {
        name: 'cap',
        kind: 'string',
        help: 'capability names, separated by comma',
        values: deviceCapabilities,
        positional: 'undocumented',
        mayBeEmpty: true,
      },
      { name: 'inactive', kind: 'flag', help: 'list inactive devices' },
      { name: 'all', kind: 'flag', help: 'list inactive & active devices' },
      { name: 'persistent', kind: 'flag', help: 'list persistent devices' },
      { name: 'transient', kind: 'flag', help: 'list transient devices' },
      formatOption,
    ],
    example: 'tslxc nodedev-list --cap net,storage',
    run: list,
  },
};

async function list(context: Context, options: Options): Promise<undefined> {
  checkTogether(options);
  const filter = filterOf(options.string('cap'));
  const connection = await context.connect();
  const found = await withErrorMessage('Failed to list node devices', () =>
    connection.nodeDevices.list(filter),
  );
  const isNone = options.has('inactive') || options.has('transient');
  const devices = isNone ? [] : found.sort(byName);
  const { output } = context;
  if (showsData(output, options, devices)) return undefined;
  const lines = options.has('tree') ? treeLines(devices) : devices.map(({ name }) => name);
  for (const line of lines) output.line(line);
  return undefined;
}

function checkTogether(options: Options): void {
  const has = (...names: readonly string[]): boolean => names.some((name) => options.has(name));
  if (has('tree') && has('cap', 'inactive', 'persistent', 'transient')) {
    refuse('Option --tree is incompatible with --cap, --inactive, --persistent and --transient');
  }
  if (has('all') && has('inactive')) refuse('Option --all is incompatible with --inactive');
  if (has('transient') && has('persistent', 'inactive')) {
    refuse('Option --transient is incompatible with --persistent and --inactive');
  }
}

function refuse(words: string): never {
  throw new CommandError(words, { code: 'INVALID_ARG' });
}

function filterOf(text = ''): NodeDeviceFilter {
  if (text === '') return {};
  const words = text.split(',');
  const known: DeviceCapability[] = deviceCapabilities.filter((one) => words.includes(one));
  const isKnown = (word: string): boolean => [...known, ...otherCapabilities].includes(word);
  if (!words.every(isKnown)) refuse('Invalid capability type');
  return { capabilities: known };
}

/** As strcasecmp(3) orders them. */
function byName(a: NodeDeviceInfo, b: NodeDeviceInfo): number {
  const [first, second] = [a.name.toLowerCase(), b.name.toLowerCase()];
  return first === second ? 0 : first < second ? -1 : 1;
}
