/** Descriptors of sockets: bytes that are sent past Node.js's stream, and descriptors that are sent and received. */
import type { Socket } from 'node:net';
import { setTimeout as sleep } from 'node:timers/promises';
import { native } from '../../../host/native';

/** Milliseconds between two attempts to send over a socket that is full. */
const pause = 10;

/** The descriptor of a socket; -1 once it is closed. Node.js exposes it only by the socket's internal handle. */
export function socketDescriptor(socket: Socket): number {
  const { _handle: handle } = socket as unknown as { readonly _handle?: { readonly fd: number } };
  return handle?.fd ?? -1;
}

/**
 * Sends over a socket that has nothing else to send, without waiting: how many of the bytes the kernel has taken, or all of them if the
 * client is gone.
 */
export function sendAtOnce(socket: Socket, bytes: Uint8Array): number {
  try {
    return native().sendTo(socketDescriptor(socket), bytes);
  } catch {
    socket.destroy();
    return bytes.length;
  }
}

/**
 * Sends each descriptor with a byte of its own, then closes them all. Everything before them must already be with the kernel. If
 * the client is gone, they are only closed.
 */
export async function sendDescriptors(
  socket: Socket,
  descriptors: readonly number[],
): Promise<void> {
  try {
    for (const descriptor of descriptors) await sendOne(socket, descriptor);
  } catch {
    socket.destroy();
  } finally {
    closeDescriptors(descriptors);
  }
}

async function sendOne(socket: Socket, descriptor: number): Promise<void> {
  for (;;) {
    const fd = socketDescriptor(socket);
    if (fd < 0 || native().sendDescriptor(fd, descriptor)) return;
    await sleep(pause);
  }
}

/** Closes them all without waiting: close(2) of a file that a client has sent may block, or return any error. */
export function closeDescriptors(descriptors: readonly number[]): void {
  if (descriptors.length > 0) native().closeElsewhere(descriptors);
}
