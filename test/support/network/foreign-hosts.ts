/** Rules of other programs, as they are on hosts that people have. Written for these tests. */
import { execFileSync } from 'node:child_process';

export type IptablesKind = 'nft' | 'legacy';

/** What `*filter` is on a host where Docker runs: FORWARD drops what Docker didn't ask for. */
const docker = `*filter
:INPUT ACCEPT [0:0]
:FORWARD DROP [0:0]
:OUTPUT ACCEPT [0:0]
:DOCKER - [0:0]
:DOCKER-ISOLATION-STAGE-1 - [0:0]
:DOCKER-ISOLATION-STAGE-2 - [0:0]
:DOCKER-USER - [0:0]
-A FORWARD -j DOCKER-USER
-A FORWARD -j DOCKER-ISOLATION-STAGE-1
-A FORWARD -o docker0 -m conntrack --ctstate RELATED,ESTABLISHED -j ACCEPT
-A FORWARD -o docker0 -j DOCKER
-A FORWARD -i docker0 ! -o docker0 -j ACCEPT
-A FORWARD -i docker0 -o docker0 -j ACCEPT
-A DOCKER-ISOLATION-STAGE-1 -i docker0 ! -o docker0 -j DOCKER-ISOLATION-STAGE-2
-A DOCKER-ISOLATION-STAGE-1 -j RETURN
-A DOCKER-ISOLATION-STAGE-2 -o docker0 -j DROP
-A DOCKER-ISOLATION-STAGE-2 -j RETURN
-A DOCKER-USER -j RETURN
COMMIT
`;

/** A host that lets nothing in and forwards nothing, as ufw has it, with its chains before and after. */
const closed = `*filter
:INPUT DROP [0:0]
:FORWARD DROP [0:0]
:OUTPUT DROP [0:0]
:before-input - [0:0]
:before-output - [0:0]
:reject-forward - [0:0]
-A INPUT -j before-input
-A FORWARD -m conntrack --ctstate RELATED,ESTABLISHED -j ACCEPT
-A FORWARD -j reject-forward
-A OUTPUT -j before-output
-A before-input -i lo -j ACCEPT
-A before-input -m conntrack --ctstate RELATED,ESTABLISHED -j ACCEPT
-A before-input -m conntrack --ctstate INVALID -j DROP
-A before-input -p tcp -m tcp --dport 22 -j ACCEPT
-A before-output -o lo -j ACCEPT
-A before-output -m conntrack --ctstate RELATED,ESTABLISHED -j ACCEPT
-A reject-forward -j REJECT
COMMIT
`;

const iptablesRules = { docker, closed };

export function loadIptables(kind: IptablesKind, host: keyof typeof iptablesRules): void {
  for (const program of ['iptables', 'ip6tables']) {
    execFileSync(`${program}-${kind}-restore`, { input: iptablesRules[host] });
  }
}

/** All that iptables has, of both families. */
export function savedIptables(kind: IptablesKind): string {
  return ['iptables', 'ip6tables']
    .map((program) => execFileSync(`${program}-${kind}-save`, { encoding: 'utf8' }))
    .join('')
    .replaceAll(/^#.*\n/gm, '');
}

/** Packets go on being counted. */
export function uncounted(text: string): string {
  return text.replaceAll(/packets \d+ bytes \d+|\[\d+:\d+\]/g, '');
}

/** Tables of iptables-legacy can't be removed, only emptied. */
export function emptyIptables(): void {
  for (const program of ['iptables', 'ip6tables']) {
    const open =
      '*filter\n:INPUT ACCEPT [0:0]\n:FORWARD ACCEPT [0:0]\n:OUTPUT ACCEPT [0:0]\nCOMMIT\n';
    execFileSync(`${program}-legacy-restore`, { input: open });
  }
}

/** An administrator's own rules: nothing comes in but SSH, nothing is forwarded. */
export const closedTable = `table inet filter {
  chain input {
    type filter hook input priority filter; policy drop;
    ct state vmap { established : accept, related : accept, invalid : drop }
    iifname "lo" accept
    meta l4proto { icmp, ipv6-icmp } accept
    tcp dport { 22, 443 } accept
    limit rate 5/minute log prefix "dropped: "
  }
  chain forward {
    type filter hook forward priority filter; policy drop;
  }
  chain output {
    type filter hook output priority filter; policy accept;
  }
}
`;

/** The same, as firewalld has it: everything is accepted at the end, but for what a zone rejects before. */
export const firewalldTable = `table inet firewalld {
  chain filter_INPUT {
    type filter hook input priority filter + 10; policy accept;
    ct state { established, related } accept
    ct status dnat accept
    iifname "lo" accept
    ct state invalid drop
    jump filter_INPUT_ZONES
    reject with icmpx admin-prohibited
  }
  chain filter_FORWARD {
    type filter hook forward priority filter + 10; policy accept;
    ct state { established, related } accept
    ct status dnat accept
    iifname "lo" accept
    ct state invalid drop
    jump filter_FORWARD_ZONES
    reject with icmpx admin-prohibited
  }
  chain filter_INPUT_ZONES {
    iifname "uplink0" goto filter_IN_public
    goto filter_IN_public
  }
  chain filter_FORWARD_ZONES {
    iifname "uplink0" goto filter_FWD_public
    goto filter_FWD_public
  }
  chain filter_IN_public {
    jump filter_IN_public_allow
    meta l4proto { icmp, ipv6-icmp } accept
    reject with icmpx admin-prohibited
  }
  chain filter_IN_public_allow {
    tcp dport 22 accept
    ip6 daddr fe80::/64 udp dport 546 accept
  }
  chain filter_FWD_public {
    reject with icmpx admin-prohibited
  }
}
`;
