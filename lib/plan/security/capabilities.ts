/** The capabilities that the container's programs can have, by policy, hardening level and network. Pure. */
import { capabilityNumbers, type CapabilityName } from '../../domain/elements/capability-numbers';
import type { DomainDefinition } from '../../domain/definition';
import type { Confinement } from '../../hardening';
import { networkMode } from '../process/namespaces';

/** Every bit, including those of capabilities that are newer than this table. */
const all = (1n << 64n) - 1n;

/** The capabilities that libvirt's default policy drops. It drops a sixth, sys_boot, only on kernels before 3.4. */
const droppedByLibvirt: readonly CapabilityName[] = [
  'sys_module',
  'sys_time',
  'mknod',
  'audit_control',
  'mac_admin',
];

/** The capabilities that the hardened level drops too: access to the host's kernel that no system needs to boot. */
const droppedByHardened: readonly CapabilityName[] = [
  'dac_read_search',
  'sys_rawio',
  'sys_pacct',
  'mac_override',
  'syslog',
  'wake_alarm',
  'block_suspend',
  'audit_read',
  'perfmon',
  'bpf',
  'checkpoint_restore',
];

/** The capabilities that would control the host's network. */
const networkCapabilities: readonly CapabilityName[] = ['net_admin', 'net_raw'];

/**
 * Bit n is capability n of linux/capability.h. These are the bounding set and root's permitted and effective sets; the
 * inheritable and ambient sets are empty. Without a user namespace, capabilities that the caller lacks are not in it.
 */
export function keptCapabilities(definition: DomainDefinition, level: Confinement): bigint {
  const { policy, on, off } = definition.features.capabilities;
  const base = {
    default: () => keptByDefault(definition, level),
    allow: () => all,
    deny: () => 0n,
  }[policy]();
  return (base | bitsOf(on)) & ~bitsOf(off);
}

/** The capabilities that the definition asks for, not those that are merely not dropped. */
export function grantedCapabilities({ features }: DomainDefinition): bigint {
  const { policy, on, off } = features.capabilities;
  return policy === 'allow' ? all & ~bitsOf(off) : bitsOf(on);
}

function keptByDefault(definition: DomainDefinition, level: Confinement): bigint {
  if (level === 'compat') return all & ~bitsOf(droppedByLibvirt);
  const known = bitsOf(Object.keys(capabilityNumbers) as CapabilityName[]);
  const network = networkMode(definition) === 'private' ? [] : networkCapabilities;
  return known & ~bitsOf([...droppedByLibvirt, ...droppedByHardened, ...network]);
}

function bitsOf(names: readonly CapabilityName[]): bigint {
  return names.reduce((bits, name) => bits | (1n << BigInt(capabilityNumbers[name])), 0n);
}
