/** The domains and networks of a storm: who they are, whatever their name is now, and their documents. Pure. */
import { automaticIdMapXml } from '../support/domain/mapped-domain';
import { domainXml } from '../support/domain/domain-xml';

export interface Population {
  readonly domains: number;
  readonly networks: number;
  /** A root of busybox. */
  readonly busybox: string;
}

/** Ends when it is asked to, does nothing until then, and needs no CPU for it. Guarded, as everything that would end the host. */
const script =
  "[ $$ = 1 ] || exit; trap 'exit 0' TERM; echo up; while :; do sleep 1000 & wait; done";

/** What a long command of a storm looks like in the list of processes. */
export const longCommand = ['sleep', '1234'] as const;

const digits = (number: number): string => String(number).padStart(2, '0');

export const domainUuid = (index: number): string =>
  `50a4d000-0000-4000-8000-0000000000${digits(index)}`;

/** The two names between which a domain is renamed. */
export const domainNames = (index: number): readonly [string, string] => [
  `soak${digits(index)}`,
  `tide${digits(index)}`,
];

export const networkName = (index: number): string => `soaknet${index}`;
export const bridgeName = (index: number): string => `soakbr${index}`;

/** The number of the domain or network with a name, undefined for that of another. */
export function indexOf(name: string): { kind: 'domain' | 'network'; index: number } | undefined {
  const [, word = '', number = ''] = /^(soak|tide|soaknet)(\d+)$/.exec(name) ?? [];
  if (word === '') return undefined;
  return { kind: word === 'soaknet' ? 'network' : 'domain', index: Number(number) };
}

/** Whether its interface is in one of the networks, and so its start depends on that. */
export const isLinked = (index: number): boolean => index % 3 === 2;

/** The number of the network of one that is linked: each network has some. */
export const networkOf = (index: number, networks: number): number =>
  Math.floor(index / 3) % networks;

/** Six kinds of domains, each with what makes its start and its end different. */
export function domainDocument(index: number, name: string, population: Population): string {
  const network = networkName(networkOf(index, population.networks));
  const link = `<interface type='network'><source network='${network}'/></interface>`;
  const variants = [
    {},
    { filesystems: [{ source: population.busybox, target: '/' }] },
    { devices: link },
    { elements: '<on_crash>restart</on_crash>' },
    { elements: automaticIdMapXml },
    {
      devices: `${link}<filesystem type='ram'><source usage='1024'/><target dir='/mnt'/></filesystem>`,
    },
  ];
  return domainXml({
    name,
    uuid: domainUuid(index),
    init: '/bin/sh',
    initArguments: ['-c', script],
    ...variants[index % variants.length],
  });
}

/** One with NAT, one whose hosts see each other alone, one that is routed. */
export function networkDocument(index: number): string {
  const forward = ["<forward mode='nat'/>", '', "<forward mode='route'/>"][index % 3] ?? '';
  const net = `10.91.${index}`;
  return `<network><name>${networkName(index)}</name>
    <uuid>50a4d000-0000-4000-9000-0000000000${digits(index)}</uuid>${forward}
    <bridge name='${bridgeName(index)}'/>
    <ip address='${net}.1' netmask='255.255.255.0'>
      <dhcp><range start='${net}.2' end='${net}.200'/></dhcp></ip></network>`;
}
