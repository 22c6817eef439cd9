/** Which capabilities the container's programs can have: the model of policy, level and network. Pure. */
import { capabilityNumbers, type CapabilityName } from '../../domain/elements/capability-numbers';
import type { DomainDefinition, Hardening } from '../../domain/definition';
import { networkMode } from '../process/namespaces';

/** Every bit, so also a capability that is newer than this table. */
const all = (1n << 64n) - 1n;

/** What libvirt's default policy takes away. Its sixth, sys_boot, only on kernels before 3.4. */
const droppedByLibvirt: readonly CapabilityName[] = [
  'sys_module',
  'sys_time',
  'mknod',
  'audit_control',
  'mac_admin',
];

/** What the hardened profile takes away besides: ways to the host's kernel that no system needs to boot. */
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

/** What would reach the host's network. */
const networkCapabilities: readonly CapabilityName[] = ['net_admin', 'net_raw'];

/**
 * Bit n is capability n of linux/capability.h. This is the bounding set, and root's permitted and effective sets; the
 * inheritable and ambient ones are empty. Intersected with what the caller has, unless there is a user namespace.
 */
export function keptCapabilities(definition: DomainDefinition, level: Hardening): bigint {
  const { policy, on, off } = definition.features.capabilities;
  const base = {
    default: () => keptByDefault(definition, level),
    allow: () => all,
    deny: () => 0n,
  }[policy]();
  return (base | bitsOf(on)) & ~bitsOf(off);
}

/** Those that the definition asks for, as against those that are merely left. */
export function grantedCapabilities({ features }: DomainDefinition): bigint {
  const { policy, on, off } = features.capabilities;
  return policy === 'allow' ? all & ~bitsOf(off) : bitsOf(on);
}

function keptByDefault(definition: DomainDefinition, level: Hardening): bigint {
  if (level === 'compat') return all & ~bitsOf(droppedByLibvirt);
  const known = bitsOf(Object.keys(capabilityNumbers) as CapabilityName[]);
  const network = networkMode(definition) === 'private' ? [] : networkCapabilities;
  return known & ~bitsOf([...droppedByLibvirt, ...droppedByHardened, ...network]);
}

function bitsOf(names: readonly CapabilityName[]): bigint {
  return names.reduce((bits, name) => bits | (1n << BigInt(capabilityNumbers[name])), 0n);
}
