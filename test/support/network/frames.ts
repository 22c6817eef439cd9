/** Frames that a container sends, true ones and spoofed ones, and which of them come out of a bridge. */
import { spawn } from 'node:child_process';
import { once } from 'node:events';
import { readFileSync } from 'node:fs';
import { join } from 'node:path';
import type { Domain } from 'tslxc';
import { runIn } from '../domain/exec';

const program = readFileSync(join(__dirname, 'frames.py'), 'utf8');

/** Those that frames.py knows: true ones, and spoofed ones, and those that are neither IPv4 nor ARP. */
export const allFrames = [
  ...['unicast', 'broadcast', 'dhcp', 'arp'],
  ...['nobody', 'mac', 'ip', 'arp-mac', 'arp-ip'],
  ...['vlan', 'vlan-ip', 'ipv6', 'rarp'],
] as const;

export type FrameName = (typeof allFrames)[number];

export interface Sender {
  readonly domain: Domain;
  /** Inside. */
  readonly interface: string;
  readonly mac: string;
  readonly address: string;
}

/** Sends these frames; resolves with those that `end`, the far end of a port of the bridge, receives. */
export async function arriving(
  sender: Sender,
  end: string,
  names: readonly FrameName[] = allFrames,
): Promise<string[]> {
  const listener = spawn('python3', ['-c', program, 'listen', end], {
    stdio: ['ignore', 'pipe', 'inherit'],
  });
  const chunks: Buffer[] = [];
  const ended = once(listener, 'close');
  await new Promise<void>((resolve) => {
    listener.stdout.on('data', (chunk: Buffer) => {
      chunks.push(chunk);
      resolve();
    });
  });
  const { domain, mac, address } = sender;
  const words = ['send', sender.interface, mac, address, ...names];
  const { result, stderr } = await runIn(domain, ['python3', '-c', program, ...words]);
  expect([result, stderr]).toEqual([{ code: 0 }, '']);
  expect(await ended).toEqual([0, null]);
  const [, seen = ''] = Buffer.concat(chunks).toString().split('\n');
  return seen.split(' ').filter(Boolean);
}
