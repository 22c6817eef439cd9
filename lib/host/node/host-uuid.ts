/** The uuid by which clients tell this host from others. */
import { createHmac } from 'node:crypto';
import { readAttribute } from './attribute';

/** Which application asks: machine-id(5) wants the machine's own id kept from others, and each to derive one of its own. */
const application = Buffer.from('9b6f1c0fd5a04f7c8f0e2f1f6f4a7d53', 'hex');

interface Places {
  /** What the firmware says; only root can read it. */
  readonly firmware: string;
  readonly machineId: string;
}

const places: Places = {
  firmware: '/sys/class/dmi/id/product_uuid',
  machineId: '/etc/machine-id',
};

/**
 * The firmware's, or where it has none, as on some virtual machines, one that is derived from the machine's id: it stays the same as
 * long as that does. Undefined where there is neither.
 *
 * @throws SyscallError as `readAttribute`.
 */
export function readHostUuid({ firmware, machineId }: Places = places): string | undefined {
  const uuid = readAttribute(firmware)?.toLowerCase() ?? '';
  if (/^[0-9a-f]{8}(-[0-9a-f]{4}){3}-[0-9a-f]{12}$/.test(uuid) && !isFiller(uuid)) return uuid;
  const id = readAttribute(machineId) ?? '';
  return /^[0-9a-f]{32}$/.test(id) ? derivedUuid(id) : undefined;
}

/** As in libvirt: all bytes the same, which careless firmware has on every machine. */
function isFiller(uuid: string): boolean {
  return /^(..)\1{15}$/.test(uuid.replaceAll('-', ''));
}

/** As sd_id128_get_machine_app_specific(3): a uuid of version 4 that nobody can trace back to the id. */
function derivedUuid(id: string): string {
  const bytes = createHmac('sha256', Buffer.from(id, 'hex')).update(application).digest();
  bytes[6] = ((bytes[6] ?? 0) & 0x0f) | 0x40;
  bytes[8] = ((bytes[8] ?? 0) & 0x3f) | 0x80;
  const hex = bytes.toString('hex', 0, 16);
  return hex.replace(/^(.{8})(.{4})(.{4})(.{4})(.{12})$/, '$1-$2-$3-$4-$5');
}
