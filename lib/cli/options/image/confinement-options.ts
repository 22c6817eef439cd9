/** Options of a container from an image that say what its programs may do, and as which ids, with docker's names. */
import { lstatSync } from 'node:fs';
import {
  capabilityNumbers,
  type CapabilityName,
} from '../../../domain/elements/capability-numbers';
import { present } from '../../../present';
import { suggestion } from '../../../suggestion';
import { checkCharacters, refusedValue } from '../values/refused-value';
import type { ImageDomain } from '../../../index';
import type { Option, Options } from '../../shell/arguments';

type Policy = NonNullable<NonNullable<ImageDomain['capabilities']>['policy']>;
type Devices = NonNullable<ImageDomain['devices']>;

const idKinds = ['auto', 'host'] as const;

const several = (name: string, help: string): Option => ({
  name,
  kind: 'string',
  repeatable: true,
  help: `${help}; may be repeated`,
});

export const confinementOptions: readonly Option[] = [
  {
    name: 'ids',
    aliases: [{ name: 'userns' }],
    kind: 'string',
    help: 'auto (ids of its own, the default) or host (no security boundary)',
    values: idKinds,
    closed: true,
  },
  several(
    'cap-add',
    'a capability that it has besides those of every container, such as NET_ADMIN, or ALL',
  ),
  several('cap-drop', 'a capability that it does not have, or ALL'),
  several('device', 'a device of the host, such as /dev/fuse'),
  several('security-opt', 'no-new-privileges'),
];

/** @throws UsageError for a value that can't be right. */
export function readConfinement(
  options: Options,
): Pick<ImageDomain, 'idMap' | 'capabilities' | 'devices' | 'noNewPrivileges'> {
  const ids = options.string('ids');
  return present({
    idMap: idKinds.find((kind) => kind === ids),
    capabilities: capabilitiesOf(options.strings('cap-add'), options.strings('cap-drop')),
    devices: options.has('device') ? options.strings('device').map(deviceOf) : undefined,
    noNewPrivileges:
      options.strings('security-opt').map(isNoNewPrivileges).at(-1) === true ? true : undefined,
  });
}

const known = Object.keys(capabilityNumbers);

/** As with docker, what is named by itself outweighs ALL. */
function capabilitiesOf(
  added: readonly string[],
  dropped: readonly string[],
): ImageDomain['capabilities'] {
  const on = [...new Set(namesOf(added, 'cap-add'))];
  // As with docker, one that is both is there.
  const off = [...new Set(namesOf(dropped, 'cap-drop'))].filter((name) => !on.includes(name));
  const policy: Policy | undefined = added.some(isAll)
    ? 'allow'
    : dropped.some(isAll)
      ? 'deny'
      : undefined;
  if (policy === undefined && on.length + off.length === 0) return undefined;
  return {
    ...present({ policy }),
    ...(on.length === 0 ? {} : { on }),
    ...(off.length === 0 ? {} : { off }),
  };
}

function isAll(word: string): boolean {
  return word.toUpperCase() === 'ALL';
}

function namesOf(words: readonly string[], option: string): CapabilityName[] {
  return words
    .filter((word) => !isAll(word))
    .map((word) => {
      const name = word.toLowerCase().replace(/^cap_/, '');
      if (known.includes(name)) return name as CapabilityName;
      throw refusedValue(word, option, `is no capability${suggestion(name, known)}`);
    });
}

/** Its kind is that of the host's device. */
function deviceOf(word: string): Devices[number] {
  checkCharacters(word, 'device');
  const [source = '', ...others] = word.split(':');
  const isAccess = others.length === 1 && /^[rwm]+$/.test(others[0] ?? '');
  const [target = source, access = 'rwm'] = isAccess ? [source, ...others] : others;
  if (others.length > 2) {
    throw refusedValue(word, 'device', 'is not DEVICE, DEVICE:rwm or DEVICE:DEVICE:rwm');
  }
  if (!source.startsWith('/dev/')) {
    throw refusedValue(word, 'device', 'is not a device below /dev, such as /dev/fuse');
  }
  if (target !== source) {
    throw refusedValue(word, 'device', 'has another path in the container: a device keeps its own');
  }
  if (!/^[rwm]+$/.test(access) || !['r', 'w', 'm'].every((letter) => access.includes(letter))) {
    throw refusedValue(word, 'device', 'has an access other than rwm, which each device has');
  }
  const stats = lstatSync(source, { throwIfNoEntry: false });
  if (stats?.isCharacterDevice() === true) return { type: 'character', source };
  if (stats?.isBlockDevice() === true) return { type: 'block', source };
  if (stats?.isSymbolicLink() === true) {
    throw refusedValue(word, 'device', 'is a link on this host: name what it leads to');
  }
  const why = stats === undefined ? 'is not there' : 'is no device';
  throw refusedValue(word, 'device', `${why} on this host`);
}

/** False if it was asked for what holds without it. */
function isNoNewPrivileges(word: string): boolean {
  const [, name, value = 'true'] = /^([^:=]+)(?:[:=](.*))?$/s.exec(word) ?? [];
  if (name === 'no-new-privileges' && ['true', 'false'].includes(value)) return value === 'true';
  const remedy =
    "the filter of system calls and a label belong to the level and the definition: <tslxc:hardening level='compat'/>, <seclabel>";
  throw refusedValue(word, 'security-opt', `is not no-new-privileges; ${remedy}`);
}
