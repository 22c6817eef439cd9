/** Which devices a container may use: the devices controller of v1, or a program on v2. Pure. */
import type { DomainDefinition } from '../../domain/definition';
import type { CgroupStep, DeviceRule } from '../../host/native';
import type { CgroupPlace } from './places';

/** null, zero, full, random, urandom, tty, ptmx, fuse, and every pty. */
const allowedDevices: readonly DeviceRule[] = [
  ...[3, 5, 7, 8, 9].map((minor) => ({ type: 'c', major: 1, minor, access: 'rwm' }) as const),
  ...[0, 2].map((minor) => ({ type: 'c', major: 5, minor, access: 'rwm' }) as const),
  { type: 'c', major: 10, minor: 229, access: 'rwm' },
  { type: 'c', major: 136, minor: -1, access: 'rwm' },
];

/** As in libvirt, any node can be made, so that CAP_MKNOD is useful, but not opened. */
const anyNode: readonly DeviceRule[] = [
  { type: 'b', major: -1, minor: -1, access: 'm' },
  { type: 'c', major: -1, minor: -1, access: 'm' },
];

/** Denies all devices and allows some, if this directory has the devices controller. */
export function listDevices(
  { controllers, path }: CgroupPlace,
  definition: DomainDefinition,
): CgroupStep[] {
  if (!controllers.includes('devices')) return [];
  return [
    { step: 'write', path: `${path}/devices.deny`, value: 'a' },
    ...deviceRules(definition).map(
      (rule) =>
        ({ step: 'write', path: `${path}/devices.allow`, value: deviceLine(rule) }) as const,
    ),
  ];
}

/** Makes a program of the v2 directory filter devices, if no v1 hierarchy has the devices controller. */
export function filterDevices(
  places: readonly CgroupPlace[],
  definition: DomainDefinition,
): CgroupStep[] {
  const unified = places.find(({ version }) => version === 'v2');
  if (unified === undefined || unified.controllers.length === 0) return [];
  if (places.some(({ controllers }) => controllers.includes('devices'))) return [];
  return [{ step: 'devices', path: unified.path, rules: deviceRules(definition) }];
}

/**
 * Changes which devices a running container may use besides those of every container: from `before` to `after`. v1
 * removes a rule by its device numbers, so that what another rule allows of the same device has to be allowed again.
 */
export function changeDevices(
  places: readonly CgroupPlace[],
  definition: DomainDefinition,
  {
    before,
    after,
  }: { readonly before: readonly DeviceRule[]; readonly after: readonly DeviceRule[] },
): CgroupStep[] {
  const usual = deviceRules(definition);
  const v1 = places.find(({ controllers, version }) => {
    return version === 'v1' && controllers.includes('devices');
  });
  if (v1 === undefined) {
    return filterDevices(places, definition).map((step) =>
      step.step === 'devices' ? { ...step, rules: [...usual, ...after] } : step,
    );
  }
  const gone = before.filter(
    (rule) => !after.some((other) => deviceLine(other) === deviceLine(rule)),
  );
  const kept = [...usual, ...after].filter((rule) => gone.some((other) => isOfDevice(rule, other)));
  const come = after.filter(
    (rule) => !before.some((other) => deviceLine(other) === deviceLine(rule)),
  );
  // A cgroup inherits rules only when it is made: the one that the processes are in gets them too.
  return [...new Set([v1.path, v1.joined])].flatMap((path) => [
    ...gone.map((rule) => writeRule(`${path}/devices.deny`, { ...rule, access: 'rwm' })),
    ...[...kept, ...come].map((rule) => writeRule(`${path}/devices.allow`, rule)),
  ]);
}

function writeRule(path: string, rule: DeviceRule): CgroupStep {
  return { step: 'write', path, value: deviceLine(rule) };
}

function isOfDevice(one: DeviceRule, other: DeviceRule): boolean {
  return one.type === other.type && one.major === other.major && one.minor === other.minor;
}

/** A rule in the format of devices.allow. */
export function deviceLine({ type, major, minor, access }: DeviceRule): string {
  const number = (value: number): string => (value === -1 ? '*' : String(value));
  return `${type} ${number(major)}:${number(minor)} ${access}`;
}

function deviceRules({ features }: DomainDefinition): readonly DeviceRule[] {
  return features.capabilities.on.includes('mknod')
    ? [...anyNode, ...allowedDevices]
    : allowedDevices;
}
