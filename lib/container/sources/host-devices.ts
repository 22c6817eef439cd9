/** The devices that a definition asks for, looked up on the host before anything is done. */
import { statSync } from 'node:fs';
import type { Stats } from 'node:fs';
import type { DomainDefinition } from '../../domain/definition';
import { definitionError } from '../../domain/xml/source-location';
import { wantedDevices } from '../../plan/mounts/host-devices';
import type { HostDevice, WantedDevice } from '../../plan/mounts/host-devices';
import { inaccessible } from './inaccessible';

/**
 * @throws TslxcError SYSTEM_ERROR for a device that can't be looked at, DefinitionError CONFIG_UNSUPPORTED
 * for one of another kind, or that can't be where it should; both with element and position.
 */
export function lookUpDevices(definition: DomainDefinition): HostDevice[] {
  return wantedDevices(definition).map((wanted) => {
    const stats = lookUp(wanted);
    const { type, access, node, otherwise, place } = wanted;
    if (type === 'b' ? !stats.isBlockDevice() : !stats.isCharacterDevice()) {
      throw definitionError('CONFIG_UNSUPPORTED', otherwise, place);
    }
    return { node, rule: { type, ...deviceNumbers(stats.rdev), access } };
  });
}

function lookUp({ source, place }: WantedDevice): Stats {
  try {
    return statSync(source);
  } catch (error) {
    throw inaccessible(error, {
      what: `Unable to access ${source}`,
      path: source,
      step: 'look up the devices of the host',
      place,
    });
  }
}

/** makedev(3), taken apart: 12 bits of major in the middle of 20 bits of minor. */
export function deviceNumbers(rdev: number): { major: number; minor: number } {
  return { major: (rdev >>> 8) & 0xfff, minor: (rdev & 0xff) | ((rdev >>> 12) & 0xfff00) };
}
