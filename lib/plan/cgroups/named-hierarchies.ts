/** Who may make cgroups in the v1 hierarchies that have a name and no controllers, such as systemd's. Pure. */
import type { DomainDefinition } from '../../domain/definition';
import type { CgroupPlace } from './places';

/** File names of what is most likely systemd: Debian's /sbin/init is. */
const systemdNames = ['init', 'systemd'];

/** A v1 hierarchy without a controller. */
export function isNamed(controllers: readonly string[]): boolean {
  return controllers.some((name) => name.startsWith('name='));
}

/**
 * Whether the container may make cgroups there. The kernel charges them to no container and can't limit their number, so with own
 * ids only an init that needs them may: systemd, where the host has no v2 tree, which it would use instead. Without own ids,
 * root inside could mount the hierarchy again in any case.
 */
export function mayWriteNamed(
  { extension, idMap, os }: Pick<DomainDefinition, 'extension' | 'idMap' | 'os'>,
  places: readonly CgroupPlace[],
): boolean {
  const named = extension.cgroupLimit?.named;
  if (named !== undefined) return named === 'writable';
  if (idMap === undefined) return true;
  const program = os.init.slice(os.init.lastIndexOf('/') + 1);
  return systemdNames.includes(program) && places.every(({ version }) => version === 'v1');
}
