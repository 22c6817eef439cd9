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
];
