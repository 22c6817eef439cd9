/** What is known to differ in lines that were drawn, by the line and what is said to it. */
import type { KnownDifference } from '../virsh/walk';

export const knownOfLines: readonly (KnownDifference & { readonly documented: string })[] = [
  {
    id: 'partition',
    lines: /^dumpxml /,
    says: /<\/?(resource|partition)>/,
    reason: 'the cgroups of a container without a <partition> are not in one',
    documented: 'a cgroup namespace; cgroups in `/libvirt/lxc/NAME`',
  },
  {
    id: 'uuid that is given',
    lines: /^define @other-uuid\.xml/,
    says: /already exists with uuid/,
    reason: 'the other uuid is named as well',
    documented: 'a text whose name is defined with another uuid is refused with both uuids',
  },
  {
    id: 'document that is no device',
    lines: /^(attach|detach)-device .*@web\.xml/,
    says: /unknown (device type 'domain'|element <domain>)/,
    reason: 'it is refused by either, in other words',
    documented: '`attach-device` of a text that is no device',
  },
  {
    id: 'update-cpu',
    lines: /^dumpxml .*--update-cpu/,
    says: /^/,
    reason: 'it is accepted: a container has the CPUs of its host',
    documented: '`dumpxml --update-cpu` is accepted',
  },
  {
    id: 'name that is missing',
    lines: /^define @nameless\.xml/,
    says: /missing name information/,
    reason: 'the element is named as well',
    documented: 'an error of a text names its element, its line and its column',
  },
  {
    id: 'interface that is not there',
    lines: /^detach-device .*@\w+\.xml/,
    says: /no device (found at address|matching MAC address)/,
    reason: 'no address and no alias were asked for',
    documented: '`detach-device` of an interface that is not there',
  },
  {
    id: 'file system out of a definition',
    lines: /^detach-device .*@folder\.xml.* --config/,
    says: /persistent detach of device is not supported|no filesystem with target/,
    reason: 'it is carried out',
    documented: '`detach-device --config` takes a file system out of the definition',
  },
  {
    id: 'limit that the kernel refuses',
    lines: /^setmem .*--live/,
    says: /Failed to set memory for domain|memory\.limit_in_bytes: EBUSY/,
    reason: 'the kernel says why',
    documented: 'a limit that the kernel refuses is an error with the file and its errno',
  },
  {
    id: 'weight beyond its range',
    lines: /^blkiotune .*--weight 100000.* --config/,
    says: /^exit |Unable to change blkio parameters|weight is a number from/,
    reason: 'it would not hold',
    documented: 'a weight beyond the range of the kernel is refused by `blkiotune --config`',
  },
];
