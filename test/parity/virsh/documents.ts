/** The documents that the lines for virsh name, with all that a daemon would choose else: uuids, MAC addresses, bridges. */
import { domainXml } from '../../support/domain/domain-xml';
import type { DomainXmlOptions } from '../../support/domain/domain-xml';

/** Ends at SIGTERM, and hears the SIGHUP by which libvirt asks for a reboot. */
const script = 'trap "exit 0" TERM; trap : HUP; while :; do sleep 1; done';

function uuidOf(number: number): string {
  return `4b7f1c52-0d3e-4a86-9c1f-${String(number).padStart(12, '0')}`;
}

function interfaceOf(number: number): string {
  const mac = `52:54:00:00:00:0${number}`;
  return `<interface type='network'><mac address='${mac}'/><source network='lab'/></interface>`;
}

function networkXml(name: string, number: number): string {
  const subnet = `10.9.${number}`;
  return `<network>
  <name>${name}</name>
  <uuid>${uuidOf(number)}</uuid>
  <bridge name='${name}0'/>
  <mac address='52:54:00:00:01:${number}'/>
  <ip address='${subnet}.1' netmask='255.255.255.0'>
    <dhcp><range start='${subnet}.2' end='${subnet}.99'/></dhcp>
  </ip>
</network>
`;
}

/** By the names of their files; `tree` is a root for containers. */
export function documentsOn(tree: string): Readonly<Record<string, string>> {
  const container = (name: string, options: DomainXmlOptions = {}): string =>
    domainXml({
      name,
      memory: 131_072,
      initArguments: ['-c', script],
      filesystems: [{ source: tree, target: '/' }],
      ...options,
    });
  const web = container('web', { uuid: uuidOf(1) });
  return {
    'web.xml': web,
    'web-larger.xml': container('web', { uuid: uuidOf(1), memory: 262_144 }),
    'two.xml': container('two', { uuid: uuidOf(2) }),
    'transient.xml': container('transient', { uuid: uuidOf(3) }),
    'plugged.xml': container('plugged', { uuid: uuidOf(4), devices: interfaceOf(1) }),
    'loose.xml': container('loose'),
    'loose-larger.xml': container('loose', { memory: 262_144 }),
    'second.xml': interfaceOf(2),
    'folder.xml': `<filesystem type='mount'><source dir='${tree}'/><target dir='/srv'/></filesystem>`,
    'lab.xml': networkXml('lab', 11),
    'passing.xml': networkXml('passing', 12),
    'native.conf': `lxc.utsname = native\nlxc.rootfs = ${tree}\n`,
    ...refused(web),
  };
}

/** Beside `web`, or for what they are. */
function refused(web: string): Readonly<Record<string, string>> {
  const lab = networkXml('lab', 11);
  return {
    'other-uuid.xml': web.replace(uuidOf(1), uuidOf(9)),
    'other-name.xml': web.replace('<name>web</name>', '<name>other</name>'),
    'unclosed.xml': web.replace('</devices>', ''),
    'nameless.xml': web.replace('<name>web</name>', ''),
    'typeless.xml': web.replace('<type>exe</type>', ''),
    'without-memory.xml': web.replace('<memory>131072</memory>', ''),
    'of-another-type.xml': web.replace("type='lxc'", "type='nosuch'"),
    'no-domain.xml': lab,
    'no-network.xml': web,
    'lab-nameless.xml': lab.replace('<name>lab</name>', ''),
    'lab-other-uuid.xml': lab.replace(uuidOf(11), uuidOf(19)),
    'lab-bad-address.xml': lab.replace("address='10.9.11.1'", "address='10.9.11.256'"),
  };
}

/** The uuids of `web` and `lab`, for lines that name them. */
export const webUuid = uuidOf(1);
export const labUuid = uuidOf(11);
