/** What a start makes of a definition before it touches anything; and whether that is what it should be. */
import type { DomainDefinition } from '../../../lib/domain/definition';
import { checkStartable } from '../../../lib/domain/validate';
import type { Link as HostLink } from '../../../lib/host/native';
import { networkPaths, statePaths } from '../../../lib/host/state/state-paths';
import { checkNetworkStartable } from '../../../lib/network/definition/check-mode';
import { hasOwnBridge, type NetworkDefinition } from '../../../lib/network/definition/definition';
import { dnsmasqConfig, wantsDnsmasq } from '../../../lib/network/dnsmasq/config';
import { firewallRules } from '../../../lib/network/firewall/rules';
import { encodePlan } from '../../../lib/plan/encode';
import { compile, hostLink, hostLinks, linksOf } from '../../unit/plan/plan-context';

/** The interfaces of the fixed host, and those that the definition expects on its host. */
function linksFor({ interfaces, hostInterfaces }: DomainDefinition): HostLink[] {
  const found = [...hostLinks];
  const add = (name: string, kind: string): void => {
    if (found.some((link) => link.name === name)) return;
    found.push(hostLink({ name, kind, index: found.length + 1 }));
  };
  for (const one of interfaces) {
    if (one.type === 'bridge') add(one.bridge, 'bridge');
    if (one.type === 'direct') add(one.device, '');
  }
  for (const { device } of hostInterfaces) add(device, '');
  return found;
}

/** Makes the plan of a start on a host that has what the definition names, and its bytes. */
export function planStart(definition: DomainDefinition): void {
  checkStartable(definition);
  // What a volume is depends on its pool: it is looked up before there is a plan.
  const isVolume = ({ type }: { readonly type: string }): boolean => type === 'volume';
  if ([...definition.disks, ...definition.filesystems].some(isVolume)) return;
  const { links } = linksOf(definition, linksFor(definition));
  encodePlan(compile(definition, { facts: { links } }).plan);
}

/** What a network may set in dnsmasq, besides what its `<dnsmasq:options>` say. */
const dnsmasqOptions = new Set(
  `bind-dynamic dhcp-authoritative dhcp-boot dhcp-host dhcp-lease-max dhcp-leasefile dhcp-no-override dhcp-option dhcp-range
  domain domain-needed enable-ra enable-tftp except-interface expand-hosts host-record interface local no-ping no-resolv
  pid-file port ra-param server srv-host strict-order tftp-root txt-record`.split(/\s+/),
);
/** A value has no white space and no quotes, or is in quotes. */
const dnsmasqLine = /^([a-z-]+)(?:=(?:[^\s"\\\p{Cc}]|"(?:[^"\\\p{Cc}]|\\["\\ntrbe])*")*)?$/u;

function checkDnsmasq(config: string, optionsOfItsOwn: number): void {
  const lines = config.split('\n');
  for (const line of lines.slice(0, lines.length - 1 - optionsOfItsOwn)) {
    const [, option = ''] = dnsmasqLine.exec(line) ?? [];
    if (!dnsmasqOptions.has(option)) throw new Error(`a line of dnsmasq's is foreign: ${line}`);
  }
}

/** What a rule consists of, beside names in quotes. */
const firewallLine = /^(?:[\w {}[\]:;.,!=/-]|"[^"\\*\p{Cc}]+")*$/u;

function checkFirewall(rules: string): void {
  const foreign = rules.split('\n').find((line) => !firewallLine.test(line));
  if (foreign !== undefined) throw new Error(`a line of the firewall is foreign: ${foreign}`);
}

/** Makes the texts for dnsmasq and nft, in which no value of the definition may begin a line or a word of its own. */
export function configureNetwork(definition: NetworkDefinition): void {
  checkNetworkStartable(definition);
  if (!hasOwnBridge(definition)) return;
  const paths = networkPaths(statePaths('/'), definition.name);
  const network = { definition, bridge: definition.bridge.name ?? 'virbr7', paths };
  checkFirewall(firewallRules(network) ?? '');
  if (!wantsDnsmasq(definition)) return;
  checkDnsmasq(dnsmasqConfig(network), definition.dnsmasqOptions.length);
}
