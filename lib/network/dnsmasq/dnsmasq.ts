/**
 * DHCP and DNS of a virtual network by the host's dnsmasq, under a keeper. As with libvirt, dnsmasq writes to the host's
 * system log; if it exits unexpectedly, that is also noted in the network's log. The caller must hold the network's lock, except
 * for `dnsmasqPid`.
 */
import { renameSync, rmSync, writeFileSync } from 'node:fs';
import { dirname } from 'node:path';
import { setTimeout as sleep } from 'node:timers/promises';
import { definitionError } from '../../domain/xml/source-location';
import { TslxcError } from '../../errors';
import { naming } from '../../host/state/file-error';
import { programPath, runProgram } from '../../host/program';
import type { ActiveNetwork } from '../active-network';
import { dnsmasqConfig } from './config';
import { makeNames, namesOf, yieldAddresses } from './names';
import { endKeeper, isKeeperAlive, startKeeper } from './keeper';
import { readText } from '../../host/kernel/text-file';
import { makeOwnFolder } from '../../host/state/own-folder';

const call = { program: 'dnsmasq', package: 'dnsmasq-base' } as const;
const step = 'start dnsmasq';

/**
 * Starts dnsmasq with the network's current definition; a running dnsmasq is ended first. Resolves once it serves.
 * Existing leases are kept.
 *
 * @throws TslxcError OPERATION_UNSUPPORTED if dnsmasq isn't installed; XML_ERROR for an option that it refuses;
 * OPERATION_FAILED, with dnsmasq's own message, if it doesn't start; the errors of node:fs.
 */
export async function startDnsmasq(network: ActiveNetwork): Promise<void> {
  const { paths, definition } = network;
  const program = programPath({ ...call, step });
  await endKeeper(paths);
  await writeConfig(network);
  await startKeeper(paths, {
    argv: [program, `--conf-file=${paths.dnsmasqConfig}`],
    name: definition.name,
    step,
  });
}

/** Ends dnsmasq, if it runs, and removes its files except the leases. */
export async function stopDnsmasq({ paths }: Pick<ActiveNetwork, 'paths'>): Promise<void> {
  await endKeeper(paths);
  const { dnsmasqConfig: config, dnsmasqPid, dnsmasqOwnPid } = paths;
  for (const path of [config, dnsmasqPid, dnsmasqOwnPid]) rmSync(path, { force: true });
}

export interface DnsmasqState {
  /** `serving`: it was running. `restarted`: it was not, and is now. `failing`: it exits again and again. */
  readonly state: 'serving' | 'restarted' | 'failing';
  /** With `failing`: the end of the network's log. */
  readonly words?: string;
}

/** Milliseconds that the keeper may take to restart dnsmasq. */
const startTime = 2000;

/**
 * Checks the dnsmasq of a running network: starts it again if its keeper is gone, and reports if its keeper fails to
 * restart it.
 *
 * @throws as `startDnsmasq`.
 */
export async function ensureDnsmasq(network: ActiveNetwork): Promise<DnsmasqState> {
  const { paths } = network;
  if (!isKeeperAlive(paths)) {
    await startDnsmasq(network);
    return { state: 'restarted' };
  }
  if (readPid(network) !== undefined) return { state: 'serving' };
  if (await servesSoon(network)) return { state: 'restarted' };
  return { state: 'failing', words: lastWords(paths.log) };
}

/** dnsmasq's pid, while it serves. */
export function dnsmasqPid(network: ActiveNetwork): number | undefined {
  return isKeeperAlive(network.paths) ? readPid(network) : undefined;
}

/** Waits until dnsmasq serves; false if it does not within `startTime`. */
async function servesSoon(network: ActiveNetwork): Promise<boolean> {
  const end = performance.now() + startTime;
  do {
    if (readPid(network) !== undefined) return true;
    await sleep(10);
  } while (performance.now() < end);
  return false;
}

/** The keeper writes the file atomically, and removes it when dnsmasq exits. */
function readPid({ paths }: ActiveNetwork): number | undefined {
  const pid = Number.parseInt(readText(paths.dnsmasqPid), 10);
  return pid > 0 ? pid : undefined;
}

function lastWords(log: string): string {
  const lines = 5;
  return readText(log).trim().split('\n').slice(-lines).join('\n');
}

async function writeConfig(network: ActiveNetwork): Promise<void> {
  const { paths, definition } = network;
  const user = hasUser('dnsmasq') ? 'dnsmasq' : undefined;
  makeNames(network.bridge);
  yieldAddresses(network.bridge, definition);
  const names = namesOf(network.bridge);
  const config = dnsmasqConfig(network, { names, ...(user === undefined ? {} : { user }) });
  for (const path of [paths.dnsmasqConfig, paths.leases]) {
    makeOwnFolder(dirname(path));
  }
  const draft = `${paths.dnsmasqConfig}.new`;
  rmSync(draft, { force: true });
  try {
    writeFileSync(draft, config, { flag: 'wx', mode: 0o600 });
    await testConfig(draft, network);
    renameSync(draft, paths.dnsmasqConfig);
  } catch (error) {
    throw naming(paths.dnsmasqConfig, error);
  } finally {
    rmSync(draft, { force: true });
  }
}

/** Whether the host has the user. Debian has a user for dnsmasq; elsewhere it runs as `nobody`. */
function hasUser(name: string): boolean {
  return readText('/etc/passwd')
    .split('\n')
    .some((line) => line.startsWith(`${name}:`));
}

async function testConfig(path: string, { definition }: ActiveNetwork): Promise<void> {
  const test = { ...call, step: "check dnsmasq's configuration" };
  try {
    await runProgram({ ...test, args: ['--test', `--conf-file=${path}`] });
  } catch (error) {
    if (!TslxcError.is(error, 'OPERATION_FAILED')) throw error;
    for (const { value, position } of definition.dnsmasqOptions) {
      const alone = { ...test, args: ['--test', '--conf-file=-'], input: `${value}\n` };
      await runProgram(alone).catch(() => {
        const location = { path: 'network/dnsmasq:options/dnsmasq:option', position };
        throw definitionError('XML_ERROR', `dnsmasq refuses the option '${value}'`, location);
      });
    }
    throw error;
  }
}
