/**
 * The protocols that a rule of a filter can be about, with the attributes that each has, in libvirt's order, and what a value may look
 * like: libvirt's schema in short. A variable stands for any value but a word.
 */

/** What a value may be. */
type Kind =
  | 'mac'
  | 'ipv4'
  | 'ipv6'
  | 'mask4'
  | 'mask6'
  | 'bits6'
  | 'bits8'
  | 'bits16'
  | 'bits32'
  | 'ethertype'
  | 'vlan'
  | 'opcode'
  | 'protocol'
  | 'truth'
  | 'states'
  | 'tcp-flags'
  | 'set'
  | 'set-flags'
  | 'text';

type Kinds = Readonly<Record<string, Kind>>;

const sender: Kinds = { srcmacaddr: 'mac' };
const ethernet: Kinds = {
  ...sender,
  srcmacmask: 'mac',
  dstmacaddr: 'mac',
  dstmacmask: 'mac',
};
const ports: Kinds = {
  srcportstart: 'bits16',
  srcportend: 'bits16',
  dstportstart: 'bits16',
  dstportend: 'bits16',
};
const ipv4: Kinds = {
  srcipaddr: 'ipv4',
  srcipmask: 'mask4',
  dstipaddr: 'ipv4',
  dstipmask: 'mask4',
};
const ipv6: Kinds = {
  srcipaddr: 'ipv6',
  srcipmask: 'mask6',
  dstipaddr: 'ipv6',
  dstipmask: 'mask6',
};
const connection: Kinds = {
  dscp: 'bits6',
  'connlimit-above': 'bits16',
  state: 'states',
  ipset: 'set',
  ipsetflags: 'set-flags',
};
const ranges4: Kinds = { srcipfrom: 'ipv4', srcipto: 'ipv4', dstipfrom: 'ipv4', dstipto: 'ipv4' };
const ranges6: Kinds = { srcipfrom: 'ipv6', srcipto: 'ipv6', dstipfrom: 'ipv6', dstipto: 'ipv6' };
const over4: Kinds = { ...sender, ...ipv4, ...ranges4, ...connection };
const over6: Kinds = { ...sender, ...ipv6, ...ranges6, ...connection };
const icmp: Kinds = { type: 'bits8', code: 'bits8' };
const tcp: Kinds = { ...ports, flags: 'tcp-flags' };
const arp: Kinds = {
  ...ethernet,
  hwtype: 'bits16',
  protocoltype: 'bits16',
  opcode: 'opcode',
  arpsrcmacaddr: 'mac',
  arpdstmacaddr: 'mac',
  arpsrcipaddr: 'ipv4',
  arpdstipaddr: 'ipv4',
  gratuitous: 'truth',
};

const stpPairs: readonly (readonly [string, Kind])[] = [
  ['root-priority', 'bits16'],
  ['root-cost', 'bits32'],
  ['sender-priority', 'bits16'],
  ['port', 'bits16'],
  ['age', 'bits16'],
  ['max-age', 'bits16'],
  ['hello-time', 'bits16'],
  ['forward-delay', 'bits16'],
];

const stp: Kinds = {
  ...sender,
  srcmacmask: 'mac',
  type: 'bits8',
  flags: 'bits8',
  'root-address': 'mac',
  'root-address-mask': 'mac',
  'sender-address': 'mac',
  'sender-address-mask': 'mac',
  ...Object.fromEntries(
    stpPairs.flatMap(([name, kind]) => [
      [name, kind],
      [`${name}-hi`, kind],
    ]),
  ),
};

const own: Readonly<Record<string, Kinds>> = {
  mac: { ...ethernet, protocolid: 'ethertype' },
  vlan: { ...ethernet, vlanid: 'vlan', 'encap-protocol': 'ethertype' },
  stp,
  arp,
  rarp: arp,
  ip: { ...ethernet, ...ipv4, protocol: 'protocol', ...ports, dscp: 'bits6' },
  ipv6: {
    ...ethernet,
    ...ipv6,
    protocol: 'protocol',
    ...ports,
    type: 'bits8',
    typeend: 'bits8',
    code: 'bits8',
    codeend: 'bits8',
  },
  tcp: { ...over4, ...tcp },
  udp: { ...over4, ...ports },
  sctp: { ...over4, ...ports },
  icmp: { ...over4, ...icmp },
  igmp: over4,
  all: over4,
  esp: over4,
  ah: over4,
  udplite: over4,
  'tcp-ipv6': { ...over6, ...tcp },
  'udp-ipv6': { ...over6, ...ports },
  'sctp-ipv6': { ...over6, ...ports },
  icmpv6: { ...over6, ...icmp },
  'all-ipv6': over6,
  'esp-ipv6': over6,
  'ah-ipv6': over6,
  'udplite-ipv6': over6,
};

/** `match='no'` turns the condition around; a comment is for those who read the rules. */
const always = { match: 'truth', comment: 'text' } as const;

/** Attributes by protocol, in the order in which they are printed. */
export const protocols: Readonly<Record<string, Kinds>> = Object.fromEntries(
  Object.entries(own).map(([name, kinds]) => {
    const { match, comment } = always;
    return [name, { match, ...kinds, comment }];
  }),
);

/** Names of variables; one may have an index or the number of an iterator in brackets. */
const variable = /^\$[ ]*[a-zA-Z0-9_]+(\[[ ]*@?[0-9]+[ ]*\])?[ ]*$/;

const words = {
  ethertype: ['arp', 'rarp', 'ipv4', 'ipv6', 'vlan'],
  protocol: ['tcp', 'udp', 'udplite', 'esp', 'ah', 'icmp', 'igmp', 'sctp', 'icmpv6'],
} as const;

const opcodes =
  /^([Rr]eply|[Rr]equest|[Rr]equest_[Rr]everse|[Rr]eply_[Rr]everse|DRARP_[Rr]equest|DRARP_[Rr]eply|DRARP_[Ee]rror|InARP_[Rr]equest|ARP_NAK)$/;
const states = /^((NEW|ESTABLISHED|RELATED|INVALID)(,(NEW|ESTABLISHED|RELATED|INVALID))*|NONE)$/;
const oneFlags = '((SYN|ACK|URG|PSH|FIN|RST)(,(SYN|ACK|URG|PSH|FIN|RST))*|ALL|NONE)';
const tcpFlags = new RegExp(`^${oneFlags}/${oneFlags}$`);
const directions = /^(src|dst)(,(src|dst)){0,5}$/i;
const macAddress = /^([a-fA-F0-9]{1,2}:){5}[a-fA-F0-9]{1,2}$/;
const ipv4Address = /^([0-9]{1,3}\.){3}[0-9]{1,3}$/;
const ipv6Address = /^([a-fA-F0-9]{0,4}:){2,7}[a-fA-F0-9]*(([0-9]{1,3}\.){3}[0-9]{1,3})?$/;

/** Whether a text is a value of that kind. */
export function isRuleValue(kind: Kind, text: string): boolean {
  if (kind === 'text') return true;
  if (kind === 'truth') return ['yes', 'no', 'true', 'false', '1', '0'].includes(text);
  if (kind === 'states') return states.test(text);
  if (kind === 'tcp-flags') return tcpFlags.test(text);
  if (kind === 'set-flags') return directions.test(text);
  return variable.test(text) || isLiteral(kind, text);
}

function isLiteral(kind: Kind, text: string): boolean {
  switch (kind) {
    case 'mac':
      return macAddress.test(text);
    case 'ipv4':
      return isIpv4(text);
    case 'ipv6':
      return ipv6Address.test(text);
    case 'mask4':
      return isNumber(text, { from: 0, to: 32 }) || isIpv4(text);
    case 'mask6':
      return isNumber(text, { from: 0, to: 128 }) || ipv6Address.test(text);
    case 'ethertype':
      return isNumber(text, { from: 1536, to: 65_535 }) || isOneOf(words.ethertype, text);
    case 'protocol':
      return isNumber(text, { from: 0, to: 255 }) || isOneOf(words.protocol, text);
    case 'opcode':
      return isNumber(text, { from: 0, to: 65_535 }) || opcodes.test(text);
    case 'set':
      return /^[a-zA-Z0-9_.:\-+ ]{1,31}$/.test(text);
    default:
      return isNumber(text, { from: 0, to: mostOf[kind] ?? 0 });
  }
}

const mostOf: Partial<Record<Kind, number>> = {
  bits6: 63,
  bits8: 255,
  bits16: 65_535,
  bits32: 4_294_967_295,
  vlan: 4095,
};

function isIpv4(text: string): boolean {
  return ipv4Address.test(text) && text.split('.').every((part) => Number(part) <= 255);
}

function isOneOf(all: readonly string[], text: string): boolean {
  return all.includes(text);
}

function isNumber(
  text: string,
  { from, to }: { readonly from: number; readonly to: number },
): boolean {
  const number = /^(0x[0-9a-fA-F]{1,8}|\d{1,10})$/.test(text) ? Number(text) : NaN;
  return number >= from && number <= to;
}
