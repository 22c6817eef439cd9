// The intended differences in what can be defined; see intended.js.
'use strict';

const { kept } = require('./definitions');

const refusals = [
  {
    id: 'element-twice',
    documents: /^found-(devices-twice|name-twice|network-dhcp-twice|network-pf-and-interface)$/,
    anywhere:
      /^refused here: .*(element <[\w:]+> appears more than once|are mutually exclusive|forward dev not allowed)/,
    here: 'an element that is there twice, where one counts, is refused, and so are two of which one excludes the other',
    libvirt: 'mostly the first one counts, sometimes the last one, and of some the content of both',
    reason: 'whoever wrote both meant both',
  },
  {
    id: 'confining-words',
    documents: /^found-(seclabel-unknown-attribute|capability-with-text)$/,
    anywhere:
      /^refused here: XML error: (unknown |unexpected |missing security model ).*\(domain\/(seclabel|features\/capabilities|lxc:namespace|devices\/\w+\/source\/seclabel|metadata\/tslxc)/,
    here: 'unknown and empty words are refused in what confines or limits a container',
    libvirt: 'they are left out',
    reason: 'they may be meant to confine it',
  },
  {
    id: 'unchecked-parts',
    documents: /^found-(clock-without-timezone|console-file-without-path|vdpa-without-source)$/,
    anywhere: new RegExp(
      `^refused by libvirt: .*(${[
        "missing '\\w+' attribute for clock",
        'Missing source path attribute for char device',
        "interface type='\\w+' requires a 'source' element",
        'unknown interface link state',
        "Type='\\w+' unsupported for <interface",
        'missing managerid',
        'sndbuf must be',
        'unknown host device source address type',
        `in element '(${kept.join('|')})'`,
        "in element 'driver'",
        "Missing required attribute '\\w+' in element 'source'",
        'Failed to parse bitmap',
        'Invalid mode attribute',
        'missing security model in domain seclabel',
        'element unsupported for <interface',
        'not supported for network interfaces with type=',
        'on interface of type',
        'cputune emulator (period|quota)',
        'duplicate (vcpupin|iothread)',
        'unknown (redirdev bus|virtualport type)',
        'no more than one cipher',
        'only one RNG backend',
        "Cannot find 'iothread'",
        'malformed genid',
        'Hostdev already exists in the domain configuration',
        'Only one primary video device is supported',
        'only a single [a-z ]+ device is supported',
        "target '\\w+' duplicated for disk sources",
        'missing target information for device',
        'missing required virtualport type',
        "attribute './size",
      ].join('|')})`,
    ),
    here: 'what means nothing to a container, or keeps it from starting, is stored without a check of what is in it',
    libvirt: 'it is refused if it would not do for a virtual machine',
    reason: 'it has no effect: a start names it, and goes on or is refused',
  },
  {
    id: 'names',
    documents: /^found-(name-with-tab|network-device-with-plus)$/,
    anywhere:
      /^refused here: .*(can't (be the name of a file|name a network interface)|Model name contains)/,
    here: 'a name of a domain or a network that could not be that of a file, and one of an interface that the kernel or nft would not take as such, is refused',
    libvirt: 'it is defined; mostly a start fails',
    reason:
      'a definition is kept in a file of that name, and an error comes before anything is done',
  },
  {
    id: 'dnsmasq',
    documents: /^found-network-(ranges-overlap|client-id-of-ipv4|tftp-relative|domain-with-blank)$/,
    anywhere:
      /^refused here: .*(overlaps range|static host of line|of a static host in network|is not a domain name|must be an absolute path|Invalid to specify id|is not a DUID|has a control character)/,
    here: 'what dnsmasq would refuse, ignore or take for something else is refused in a network',
    libvirt: 'it is defined; the start fails, or it has no effect',
    reason: 'an error that names the element comes when it is written',
  },
  {
    id: 'addresses',
    documents: /^found-network-netmask-zero$/,
    anywhere:
      /^refused here: .*(Invalid (netmask|address|IP address)|is the (network|broadcast) address of)/,
    here: 'an address has four numbers, and that of a network on the host is one that a machine can have',
    libvirt:
      '`0` is 0.0.0.0, `10.1` is 10.0.0.1, and a bridge may have the address that means all of its network',
    reason: 'such an address is more likely a slip',
  },
  {
    id: 'limits-that-are-no-numbers',
    documents: /^found-weight-too-large$/,
    anywhere: /^refused here: .*(could not parse |can't parse cputune|\.\/memtune\/)/,
    here: 'a limit that is no number in its range is refused, also if it is empty',
    libvirt: 'of some it is dropped',
    reason: 'the limit would not hold',
  },
  {
    id: 'type-none',
    documents: /^found-type-none$/,
    anywhere: /^refused here: .*invalid domain type none/,
    here: "`type='none'` of `<domain>` is refused",
    libvirt: 'it is defined, and can not be started',
    reason: 'no driver has this type',
  },
].map(({ documents, anywhere, ...entry }) => ({
  ...entry,
  shows: [{ aspect: 'definition', documents, lines: /^(refused|defined)$/, anywhere }],
}));

module.exports = { refusals };
