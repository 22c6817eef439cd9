/** The descriptor of a socket, descriptors that are sent by it, and those that have come. */
import type { Socket } from 'node:net';
import { setTimeout as sleep } from 'node:timers/promises';
import { native } from '../../host/native';

/** Milliseconds between two attempts at a socket that is full. */
const pause = 10;

/** The descriptor of a socket; -1 once it is closed. Node tells it by its handle alone. */
export function socketDescriptor(socket: Socket): number {
  const { _handle: handle } = socket as unknown as { readonly _handle?: { readonly fd: number } };
  return handle?.fd ?? -1;
}

/** Each with a byte of its own, and closes them. Everything before has to be with the kernel. Does nothing once the client is gone. */
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

/** All of them, without waiting: those of a client are of files that may keep whoever closes them, or say anything. */
export function closeDescriptors(descriptors: readonly number[]): void {
  if (descriptors.length > 0) native().closeElsewhere(descriptors);
}
