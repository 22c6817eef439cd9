/**
 * What the kernel shows of the containers and networks of a storm, found by names and namespaces, and not by what tslxc has
 * written down. Only reads.
 */
import { execFileSync } from 'node:child_process';
import { existsSync, readFileSync } from 'node:fs';
import { cgroupsOf, monitorsOf } from '../support/world/container-traces';
import { hasEnded, listProcesses, readProcess } from '../support/process/processes';
import { longCommand } from './documents';
import { victimOf } from './victims';
import type { Victim } from './victims';

/** As a bit in a mask of signals. */
const sigkill = 1n << 8n;

export interface KernelContainer {
  readonly monitors: readonly number[];
  readonly inits: readonly number[];
  /** Those of them that are killed, and frozen. */
  readonly doomed: readonly number[];
  /** Its cgroups, in all hierarchies. */
  readonly cgroups: number;
  readonly isFrozen: boolean;
  /** Commands that no caller waits for any more. */
  readonly commands: readonly number[];
}

export function kernelContainer(name: string): KernelContainer {
  const cgroups = cgroupsOf(name);
  const members = cgroups.length === 0 ? [] : membersOf(`/libvirt/lxc/${name}`);
  return {
    monitors: monitorsOf(name),
    inits: members.filter(isInit),
    doomed: members.filter(isInit).filter(isDoomed),
    cgroups: cgroups.length,
    isFrozen: cgroups.some(isFrozen),
    commands: members.filter(isLongCommand),
  };
}

/** The processes in a cgroup, or below it, that live. */
function membersOf(cgroup: string): number[] {
  const inIt = new RegExp(`:${cgroup}(/|$)`, 'm');
  return listProcesses().filter(
    (pid) => inIt.test(textOf(`/proc/${pid}/cgroup`)) && !hasEnded(pid),
  );
}

/** PID 1 in its innermost PID namespace. */
function isInit(pid: number): boolean {
  return /^NSpid:.*\t1$/m.test(textOf(`/proc/${pid}/status`));
}

/** Whether it waits for SIGKILL, and runs no more: a frozen one of v1 keeps it until it is thawed. */
function isDoomed(pid: number): boolean {
  const status = textOf(`/proc/${pid}/status`);
  const pending = /^ShdPnd:\s*(\S+)$/m.exec(status)?.[1] ?? '0';
  return (BigInt(`0x${pending}`) & sigkill) !== 0n;
}

function isLongCommand(pid: number): boolean {
  return readProcess(pid).words.join(' ') === longCommand.join(' ');
}

function isFrozen(cgroup: string): boolean {
  if (existsSync(`${cgroup}/freezer.state`)) {
    return textOf(`${cgroup}/freezer.state`).trim() === 'FROZEN';
  }
  return /^frozen 1$/m.test(textOf(`${cgroup}/cgroup.events`));
}

export interface KernelNetwork {
  readonly hasBridge: boolean;
  /** Interfaces that are plugged into its bridge. */
  readonly ports: number;
  readonly keepers: readonly number[];
  readonly dnsmasqs: readonly number[];
  /** Whether the firewall has rules about its bridge. */
  readonly hasRules: boolean;
}

interface PrintedLink {
  readonly ifname: string;
  readonly master?: string;
}

export function kernelNetwork(network: string, bridge: string): KernelNetwork {
  const text = execFileSync('ip', ['-json', 'link', 'show'], { encoding: 'utf8' });
  const links = JSON.parse(text) as PrintedLink[];
  const rules = execFileSync('nft', ['list', 'ruleset'], { encoding: 'utf8' });
  const servers = listProcesses().flatMap((pid) => {
    const victim = !hasEnded(pid) ? victimOf(readProcess(pid)) : undefined;
    return victim?.name === network ? [{ pid, kind: victim.kind }] : [];
  });
  const pidsOf = (kind: string): number[] =>
    servers.filter((server) => server.kind === kind).map(({ pid }) => pid);
  return {
    hasBridge: links.some(({ ifname }) => ifname === bridge),
    ports: links.filter(({ master }) => master === bridge).length,
    keepers: pidsOf('keeper'),
    dnsmasqs: pidsOf('dnsmasq'),
    hasRules: rules.includes(bridge),
  };
}

/** Commands, clean-ups and helpers that are still at work, as lines: none in a quiet moment. */
export function stillAtWork(): string[] {
  return listProcesses().flatMap((pid) => {
    const facts = readProcess(pid);
    const victim = victimOf(facts);
    // The daemon serves until it is told to end.
    const isCommand =
      facts.words.some((word) => word.endsWith('/cli/main.js')) && !facts.words.includes('daemon');
    const isHelper = ['attendant', 'reaper', 'restarter'].includes(victim?.kind ?? '');
    const isAtWork = (isCommand || isHelper) && !isHeldUp(victim) && !hasEnded(pid);
    return isAtWork ? [`${pid} ${facts.state} ${facts.words.join(' ')}`] : [];
  });
}

/** What an attendant is to end is frozen in a container that is paused, and so is the process that joins one. */
function isHeldUp(victim: Victim | undefined): boolean {
  return victim?.kind === 'attendant' && cgroupsOf(victim.name).some(isFrozen);
}

function textOf(path: string): string {
  try {
    return readFileSync(path, 'utf8');
  } catch {
    return '';
  }
}
